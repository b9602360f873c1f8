-- Takes what is left of locked sessions, in a write that has drawn its position: all but their ids, which nobody else is given,
-- and their places in families. Their heads are what every reader looks for.
WITH head AS (
  DELETE FROM session_head WHERE project_id = @project AND session_id = ANY (@ids::text[])
), lineage AS (
  DELETE FROM session_ancestor WHERE project_id = @project AND session_id = ANY (@ids::text[])
)
UPDATE session SET
  version = version + 1, position = drawn.position, update_time = drawn.at, delete_time = coalesce(delete_time, drawn.at),
  is_purged = true, title = '', owner = '', agents = '{}', entities = '{}', metadata = NULL, checkpoint_id = NULL
FROM drawn
WHERE project_id = @project AND session_id = ANY (@ids::text[])
