-- The root of a session's family; no row when there is no session.
SELECT coalesce(root, session_id) AS root, delete_time IS NOT NULL AS is_deleted
FROM session JOIN session_head USING (project_id, session_id)
WHERE project_id = @project AND session_id = @session
