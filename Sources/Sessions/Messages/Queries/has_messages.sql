-- Whether a session has a message; no row when there is no session. 10: MESSAGE.
SELECT delete_time IS NOT NULL AS is_deleted, EXISTS (
    SELECT FROM {lineage} AS part
    JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id AND event.type = 10
      AND event.sequence <= part.through_sequence
  ) AS has_messages
FROM session JOIN session_head USING (project_id, session_id)
WHERE project_id = @project AND session_id = @session
