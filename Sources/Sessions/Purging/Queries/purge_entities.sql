-- Deletes some of what is known of the entities of locked sessions.
DELETE FROM session_entity
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM session_entity WHERE project_id = @project AND session_id = ANY (@ids::text[]) LIMIT @limit))
