-- The newest checkpoint of a session with something about each of the entities that its last ten events are about, those of the
-- newest events first: up to an event of the session. Entities without such a checkpoint are left out.
SELECT touched.entity_id, about.sequence AS entity_sequence, checkpoint.*
FROM (
  SELECT entity.id AS entity_id, max(sequence) AS sequence
  FROM (
    SELECT sequence, entities[1:50] AS entities FROM {log} AS event
    WHERE sequence <= @through
    ORDER BY sequence DESC LIMIT 10
  ) AS newest, unnest(entities) AS entity (id)
  GROUP BY entity.id
  ORDER BY max(sequence) DESC, entity.id
  LIMIT 50
) AS touched
CROSS JOIN LATERAL (
  SELECT max(about.sequence) AS sequence FROM session_entity AS about
  WHERE about.project_id = @project AND about.entity_id = touched.entity_id AND about.session_id = @session
    AND about.sequence <= (
      SELECT max(checkpoint.sequence) FROM session_checkpoint AS checkpoint
      WHERE checkpoint.project_id = @project AND checkpoint.session_id = @session AND checkpoint.sequence <= @through)
) AS about
CROSS JOIN LATERAL (
  SELECT {anchor_columns} FROM session_checkpoint
  WHERE project_id = @project AND session_id = @session AND sequence >= about.sequence
  ORDER BY session_checkpoint.sequence LIMIT 1
) AS checkpoint
