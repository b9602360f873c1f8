-- The newest events of a session, the oldest of them first, and no more than fit into a bound. Places have no gaps: so no more are
-- read than wanted.
SELECT {event_columns}, body
FROM (
  SELECT newest.*, sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event.event_columns}, event.body
    FROM {lineage} AS part
    JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id
      AND event.sequence <= part.through_sequence
    WHERE event.sequence > (
      SELECT last_sequence FROM session_head WHERE project_id = @project AND session_id = @session) - @limit::bigint
    ORDER BY event.sequence DESC LIMIT @limit
  ) AS newest
) AS measured
WHERE bytes <= @bytes
ORDER BY sequence
