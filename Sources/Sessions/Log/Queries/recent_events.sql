-- The newest events of a session, the oldest of them first, and no more than fit into a bound.
SELECT {event_columns}, body
FROM (
  SELECT newest.*, sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event_columns}, body FROM session_event
    WHERE project_id = @project AND session_id = @session
    ORDER BY sequence DESC LIMIT @limit
  ) AS newest
) AS measured
WHERE bytes <= @bytes
ORDER BY sequence
