-- The five newest checkpoints with something about an entity: of each session about it, the sessions with the last ids first, up to
-- five, found from the newest backwards with three look-ups each. One row without a checkpoint when there are none.
WITH RECURSIVE about AS (
  (
    SELECT session_id, 1 AS number FROM session_entity
    WHERE project_id = @project AND entity_id = @entity
    ORDER BY session_id DESC LIMIT 1
  )
  UNION ALL
  SELECT next.session_id, about.number + 1
  FROM about CROSS JOIN LATERAL (
    SELECT session_id FROM session_entity
    WHERE project_id = @project AND entity_id = @entity AND session_id < about.session_id
    ORDER BY session_id DESC LIMIT 1
  ) AS next
  -- One more shows that there are more.
  WHERE about.number <= @sessions
), anchor AS (
  SELECT session_id, 0 AS step, NULL::bigint AS sequence, 9223372036854775807 AS entity_sequence
  FROM about
  WHERE number <= @sessions
    AND (SELECT delete_time IS NULL FROM session WHERE project_id = @project AND session_id = about.session_id)
  UNION ALL
  SELECT anchor.session_id, anchor.step + 1, found.sequence, touched.sequence
  FROM anchor
  -- The last checkpoint before the event that the step before has found, the last event about the entity before that
  -- checkpoint, and the first checkpoint after that event.
  CROSS JOIN LATERAL (
    SELECT max(checkpoint.sequence) AS sequence FROM session_checkpoint AS checkpoint
    WHERE checkpoint.project_id = @project AND checkpoint.session_id = anchor.session_id
      AND checkpoint.sequence < anchor.entity_sequence
  ) AS last
  CROSS JOIN LATERAL (
    SELECT max(entity.sequence) AS sequence FROM session_entity AS entity
    WHERE entity.project_id = @project AND entity.entity_id = @entity AND entity.session_id = anchor.session_id
      AND entity.sequence <= last.sequence
  ) AS touched
  CROSS JOIN LATERAL (
    SELECT min(checkpoint.sequence) AS sequence FROM session_checkpoint AS checkpoint
    WHERE checkpoint.project_id = @project AND checkpoint.session_id = anchor.session_id
      AND checkpoint.sequence >= touched.sequence
  ) AS found
  WHERE anchor.step < 5 AND touched.sequence IS NOT NULL
)
SELECT extent.is_cut, anchor.*
FROM (SELECT coalesce(max(number), 0) > @sessions AS is_cut FROM about) AS extent
LEFT JOIN LATERAL (
  SELECT anchor.entity_sequence, checkpoint.*
  FROM anchor CROSS JOIN LATERAL (
    SELECT {anchor_columns} FROM session_checkpoint
    WHERE project_id = @project AND session_id = anchor.session_id AND sequence >= anchor.sequence
    ORDER BY session_checkpoint.sequence LIMIT 1
  ) AS checkpoint
  WHERE anchor.step > 0
  ORDER BY checkpoint.position DESC LIMIT 5
) AS anchor ON true
ORDER BY anchor.position DESC
