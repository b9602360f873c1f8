-- The last ten events of a session's log up to one of them, the oldest first, with bodies as far as these fit into a bound. Places
-- have no gaps: so no more are read than wanted.
SELECT {event_columns}, CASE WHEN bytes <= @bytes THEN body END AS body, severity, to_state, entities[1:50] AS entities
FROM (
  SELECT newest.*, sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event.event_columns}, event.severity, event.to_state, event.entities, event.body
    FROM {lineage} AS part CROSS JOIN LATERAL (
      SELECT * FROM session_event
      WHERE project_id = @project AND session_id = part.session_id AND sequence > @through - 10
        AND sequence <= least(@through, part.through_sequence)
      ORDER BY sequence DESC LIMIT 10
    ) AS event
  ) AS newest
) AS measured
ORDER BY sequence
