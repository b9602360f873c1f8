-- What statements about what is ready include.

-- walk:
-- An expression of a WITH RECURSIVE: lanes in which tasks wait, from the one after `@after_lane` on, while any agent has room.
walk AS (
  (
    SELECT lane, 1 AS step FROM task_ready
    WHERE project_id = @project AND lane > @after_lane AND EXISTS (
      SELECT FROM agent WHERE project_id = @project AND state IN (1, 2) AND load < max_load
    )
    ORDER BY lane LIMIT 1
  )
  UNION ALL
  SELECT (
    SELECT next.lane FROM task_ready AS next
    WHERE next.project_id = @project AND next.lane > walk.lane
    ORDER BY next.lane LIMIT 1
  ), walk.step + 1
  FROM walk WHERE walk.lane IS NOT NULL AND walk.step < @lanes
), lanes AS MATERIALIZED (
  SELECT lane.* FROM walk JOIN task_lane AS lane ON lane.project_id = @project AND lane.lane = walk.lane
  WHERE walk.lane IS NOT NULL
)

-- free:
agent.project_id = @project AND agent.state IN (1, 2) AND agent.load < agent.max_load

-- most_room_first:
ORDER BY agent.load::double precision / agent.max_load, agent.assigned_position, agent.agent_id

-- room:
-- What the limits of a `lane` and its `queue` leave: NULL where there is none.
CASE WHEN lane.concurrency_key IS NOT NULL THEN lane.concurrency_limit - (
  SELECT count(*) FROM task_held AS held
  WHERE held.project_id = @project AND held.concurrency_key = lane.concurrency_key
) END AS key_room,
CASE WHEN queue.concurrency_limit IS NOT NULL THEN queue.concurrency_limit - (
  SELECT count(*) FROM task_held AS held WHERE held.project_id = @project AND held.queue = lane.queue
) END AS queue_room,
queue.rate_limit, queue.rate_period, queue.tokens, nullif(queue.tokens_time, '-infinity') AS tokens_time
