-- What followed from a session's last events, the newest first.
SELECT severity, performance_delta, to_state, entities[1] AS entity
FROM session_event
WHERE project_id = @project AND session_id = @id
ORDER BY sequence DESC
LIMIT 20
