-- Figures of a timeline, from named fragments: where its events come from and which they are, as in insight_events, then a row for
-- all of them, for each type, each severity and each agent. `grouped` says which: 7, 3, 5, 6.

-- figures:
)
SELECT grouping(type, severity, actor) AS grouped, type, severity, actor, count(*) AS events, min(at) AS first_at,
  max(at) AS last_at, (SELECT count(*) FROM looked) AS looked
FROM found
WHERE number <= @counted
GROUP BY GROUPING SETS ((), (type), (severity), (actor))
ORDER BY grouping(actor) DESC, count(*) DESC, actor
-- Those that are not agents are fewer than thirty.
LIMIT 30 + 100
