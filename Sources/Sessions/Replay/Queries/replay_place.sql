-- Where the first event of a session's log stands that has this place or a later one.
SELECT event.sequence, event.at
FROM {lineage} AS part
CROSS JOIN LATERAL (
  SELECT sequence, at FROM session_event
  WHERE project_id = @project AND session_id = part.session_id AND sequence >= @sequence
    AND sequence <= part.through_sequence
  ORDER BY sequence LIMIT 1
) AS event
ORDER BY event.sequence LIMIT 1
