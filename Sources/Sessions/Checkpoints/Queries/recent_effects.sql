-- What followed from a session's last events, the newest first. The inner bound is for the planner, as in `recent_events`.
SELECT event.severity, event.performance_delta, event.to_state, event.entities[1] AS entity
FROM {lineage} AS part
CROSS JOIN LATERAL (
  SELECT sequence, severity, performance_delta, to_state, entities FROM session_event
  WHERE project_id = @project AND session_id = part.session_id AND sequence <= part.through_sequence AND sequence > (
    SELECT last_sequence FROM session_head WHERE project_id = @project AND session_id = @session) - 20
  ORDER BY sequence DESC LIMIT 20
) AS event
ORDER BY event.sequence DESC
LIMIT 20
