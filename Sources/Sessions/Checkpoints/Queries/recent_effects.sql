-- What followed from a session's last events, the newest first.
SELECT event.severity, event.performance_delta, event.to_state, event.entities[1] AS entity
FROM {lineage} AS part
JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id
  AND event.sequence <= part.through_sequence
WHERE event.sequence > (
  SELECT last_sequence FROM session_head WHERE project_id = @project AND session_id = @session) - 20
ORDER BY event.sequence DESC
LIMIT 20
