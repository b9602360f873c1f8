-- The newest events of a session, the oldest of them first, and no more than fit into a bound. Places have no gaps: so no more are
-- read than wanted; the inner bound says so to the planner, which would start parallel workers for the log of a long session.
SELECT {event_columns}, body
FROM (
  SELECT newest.*, sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT event.*
    FROM {lineage} AS part
    CROSS JOIN LATERAL (
      SELECT {event_columns}, body FROM session_event
      WHERE project_id = @project AND session_id = part.session_id AND sequence <= part.through_sequence AND sequence > (
        SELECT last_sequence FROM session_head WHERE project_id = @project AND session_id = @session) - @limit::bigint
      ORDER BY sequence DESC LIMIT @limit
    ) AS event
    ORDER BY sequence DESC LIMIT @limit
  ) AS newest
) AS measured
WHERE bytes <= @bytes
ORDER BY sequence
