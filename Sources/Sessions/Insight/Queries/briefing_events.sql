-- The last ten events of a session up to one of them, the oldest first, with bodies as far as these fit into a bound.
SELECT {event_columns}, CASE WHEN bytes <= @bytes THEN body END AS body, severity, to_state, entities[1:50] AS entities
FROM (
  SELECT newest.*, sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event_columns}, severity, to_state, entities, body FROM {log} AS event
    WHERE sequence <= @through
    ORDER BY sequence DESC LIMIT 10
  ) AS newest
) AS measured
ORDER BY sequence
