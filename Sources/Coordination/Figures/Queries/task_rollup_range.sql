-- What is to be added next to the sums of a project that is locked: what happened after a position, up to another one. No more
-- than about so many events, and all of a position or none.
SELECT position AS after, coalesce((
    SELECT event.position - 1 FROM coordination_event AS event
    WHERE event.project_id = @project AND event.position > rollup.position AND event.position <= @through
    ORDER BY event.position, event.ordinal
    OFFSET @limit LIMIT 1
  ), greatest(@through, rollup.position)) AS through
FROM coordination_rollup AS rollup
WHERE project_id = @project
