-- The first tasks of each lane that may be given out, in the order in which they are given out, with what limits the lane: one that is
-- not paused, has room, and is met by an agent with room. Lanes are taken from the one after `@after_lane` on, so that with more of
-- them than are looked at all have their turn.
WITH RECURSIVE {walk}, limited AS MATERIALIZED (
  SELECT lane.lane, lane.queue, lane.required, lane.preferred, lane.concurrency_key,
    {room}
  FROM lanes AS lane
  LEFT JOIN task_queue AS queue ON queue.project_id = @project AND queue.queue = lane.queue
  WHERE NOT coalesce(queue.is_paused, false)
    AND EXISTS (SELECT FROM agent WHERE {free} AND agent.terms @> lane.required)
)
SELECT limited.*, head.task_id, task.type, task.session, task.attempt,
  -- 6: SESSION_AFFINITY.
  CASE WHEN task.session IS NOT NULL
    AND (SELECT strategy FROM coordination_policy WHERE project_id = @project) = 6 THEN (
    SELECT other.agent FROM task AS other
    WHERE other.project_id = @project AND other.session = task.session AND other.agent IS NOT NULL
    ORDER BY other.submit_position DESC, other.submit_ordinal DESC LIMIT 1
  ) END AS session_agent
FROM limited
CROSS JOIN LATERAL (
  SELECT ready.task_id, ready.class, ready.priority, ready.turn, ready.ordinal FROM task_ready AS ready
  WHERE ready.project_id = @project AND ready.lane = limited.lane
  ORDER BY ready.class, ready.priority DESC, ready.turn, ready.ordinal
  -- Of a lane that may give out only some no more of them: they would take the places of others. One whose queue has no token
  -- says when it has.
  LIMIT greatest(0, least(@limit, limited.key_room, limited.queue_room, CASE WHEN limited.rate_limit IS NOT NULL THEN
    greatest(1, floor(least(limited.rate_limit, limited.tokens + coalesce(
      extract(epoch FROM clock_timestamp() - limited.tokens_time) * 1000000 * limited.rate_limit / limited.rate_period,
      limited.rate_limit)))) END))::bigint
) AS head
JOIN task ON task.project_id = @project AND task.task_id = head.task_id
WHERE coalesce(limited.key_room, 1) > 0 AND coalesce(limited.queue_room, 1) > 0
  AND (task.deadline IS NULL OR task.deadline >= clock_timestamp() + task.estimate * interval '1 microsecond')
ORDER BY head.class, head.priority DESC, head.turn, head.ordinal
LIMIT @limit
