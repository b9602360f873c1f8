-- The agents with the most of a session's newest events up to one of them, but for one agent.
SELECT actor, count(*) AS events
FROM (
  SELECT actor FROM {log} AS event
  WHERE sequence <= @through
  ORDER BY sequence DESC LIMIT @look
) AS newest
WHERE actor <> '' AND actor <> @agent
GROUP BY actor
ORDER BY count(*) DESC, actor
LIMIT 3
