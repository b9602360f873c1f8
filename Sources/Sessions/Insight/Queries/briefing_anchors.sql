-- The newest checkpoint of a session's log with something about each of the entities that its last ten events are about, those of
-- the newest events first: up to an event of the log. Entities without such a checkpoint are left out.
WITH part AS MATERIALIZED (
  SELECT part.session_id, least(part.through_sequence, @through) AS through_sequence FROM {lineage} AS part
)
SELECT touched.entity_id, about.sequence AS entity_sequence, checkpoint.*
FROM (
  SELECT entity.id AS entity_id, max(sequence) AS sequence
  FROM part CROSS JOIN LATERAL (
    SELECT sequence, entities[1:50] AS entities FROM session_event
    WHERE project_id = @project AND session_id = part.session_id AND sequence > @through - 10
      AND sequence <= part.through_sequence
    ORDER BY sequence DESC LIMIT 10
  ) AS newest, unnest(entities) AS entity (id)
  GROUP BY entity.id
  ORDER BY max(sequence) DESC, entity.id
  LIMIT 50
) AS touched
CROSS JOIN (
  SELECT max(checkpoint.sequence) AS sequence
  FROM part CROSS JOIN LATERAL (
    SELECT sequence FROM session_checkpoint
    WHERE project_id = @project AND session_id = part.session_id AND sequence <= part.through_sequence
    ORDER BY sequence DESC LIMIT 1
  ) AS checkpoint
) AS last
CROSS JOIN LATERAL (
  SELECT max(about.sequence) AS sequence
  FROM part CROSS JOIN LATERAL (
    SELECT sequence FROM session_entity
    WHERE project_id = @project AND entity_id = touched.entity_id AND session_id = part.session_id
      AND sequence <= last.sequence AND sequence <= part.through_sequence
    ORDER BY sequence DESC LIMIT 1
  ) AS about
) AS about
CROSS JOIN LATERAL (
  SELECT checkpoint.*
  FROM part CROSS JOIN LATERAL (
    SELECT {anchor_columns} FROM session_checkpoint
    WHERE project_id = @project AND session_id = part.session_id AND sequence >= about.sequence
      AND sequence <= part.through_sequence
    ORDER BY session_checkpoint.sequence LIMIT 1
  ) AS checkpoint
  ORDER BY checkpoint.sequence LIMIT 1
) AS checkpoint
