-- Where the first event of a session stands that has this place or a later one.
SELECT sequence, at FROM session_event
WHERE project_id = @project AND session_id = @session AND sequence >= @sequence
ORDER BY sequence LIMIT 1
