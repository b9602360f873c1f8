-- Whether a session has a message; no row when there is no session. 10: MESSAGE.
SELECT delete_time IS NOT NULL AS is_deleted, EXISTS (
    SELECT FROM session_event WHERE project_id = @project AND session_id = @session AND type = 10
  ) AS has_messages
FROM session
WHERE project_id = @project AND session_id = @session
