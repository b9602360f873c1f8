-- The agents with the most of the newest events of a session's log up to one of them, but for one agent. Places have no gaps.
SELECT actor, count(*) AS events
FROM {lineage} AS part CROSS JOIN LATERAL (
  SELECT actor FROM session_event
  WHERE project_id = @project AND session_id = part.session_id AND sequence > @through - @look
    AND sequence <= least(@through, part.through_sequence)
  ORDER BY sequence DESC LIMIT @look
) AS newest
WHERE actor <> '' AND actor <> @agent
GROUP BY actor
ORDER BY count(*) DESC, actor
LIMIT 3
