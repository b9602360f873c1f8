-- Deletes some former versions of locked sessions.
DELETE FROM session_version AS old
USING (
  SELECT session_id, position FROM session_version
  WHERE project_id = @project AND session_id = ANY (@ids::text[])
  LIMIT @limit
) AS chosen
WHERE old.project_id = @project AND old.session_id = chosen.session_id AND old.position = chosen.position
