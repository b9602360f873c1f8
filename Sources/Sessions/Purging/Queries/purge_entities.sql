-- Deletes some of what is known of the entities of locked sessions.
DELETE FROM session_entity
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM session_entity
    WHERE project_id || '/' || session_id = ANY (ARRAY(SELECT @project || '/' || id FROM unnest(@ids::text[]) AS id))
    LIMIT @limit))
