-- The five newest checkpoints of one session's log with something about an entity, those that a fork shares among them: found from
-- the newest backwards, with three look-ups each in each session of the lineage.
WITH RECURSIVE part AS MATERIALIZED (
  SELECT part.session_id, part.through_sequence FROM {lineage} AS part
), anchor AS (
  SELECT 0 AS step, NULL::bigint AS sequence, 9223372036854775807 AS entity_sequence
  UNION ALL
  SELECT anchor.step + 1, found.sequence, touched.sequence
  FROM anchor
  -- The last checkpoint before the event that the step before has found, the last event about the entity before that
  -- checkpoint, and the first checkpoint after that event.
  CROSS JOIN LATERAL (
    SELECT max(checkpoint.sequence) AS sequence
    FROM part CROSS JOIN LATERAL (
      SELECT sequence FROM session_checkpoint
      WHERE project_id = @project AND session_id = part.session_id AND sequence < anchor.entity_sequence
        AND sequence <= part.through_sequence
      ORDER BY sequence DESC LIMIT 1
    ) AS checkpoint
  ) AS last
  CROSS JOIN LATERAL (
    SELECT max(entity.sequence) AS sequence
    FROM part CROSS JOIN LATERAL (
      SELECT sequence FROM session_entity
      WHERE project_id = @project AND entity_id = @entity AND session_id = part.session_id
        AND sequence <= last.sequence AND sequence <= part.through_sequence
      ORDER BY sequence DESC LIMIT 1
    ) AS entity
  ) AS touched
  CROSS JOIN LATERAL (
    SELECT min(checkpoint.sequence) AS sequence
    FROM part CROSS JOIN LATERAL (
      SELECT sequence FROM session_checkpoint
      WHERE project_id = @project AND session_id = part.session_id AND sequence >= touched.sequence
        AND sequence <= part.through_sequence
      ORDER BY sequence LIMIT 1
    ) AS checkpoint
  ) AS found
  WHERE anchor.step < 5 AND touched.sequence IS NOT NULL
)
SELECT false AS is_cut, anchor.entity_sequence, checkpoint.*
FROM anchor CROSS JOIN LATERAL (
  SELECT checkpoint.*
  FROM part CROSS JOIN LATERAL (
    SELECT {anchor_columns} FROM session_checkpoint
    WHERE project_id = @project AND session_id = part.session_id AND sequence >= anchor.sequence
      AND sequence <= part.through_sequence
    ORDER BY session_checkpoint.sequence LIMIT 1
  ) AS checkpoint
  ORDER BY checkpoint.sequence LIMIT 1
) AS checkpoint
WHERE anchor.step > 0
ORDER BY checkpoint.position DESC
