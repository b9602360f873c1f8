-- The first tasks of each lane that is not paused, in the order in which they are given out, with what limits the lane. Lanes are taken
-- from the one after `@after_lane` on, so that with more of them than are looked at all have their turn.
WITH RECURSIVE {walk}
SELECT lane.lane, lane.queue, lane.required, lane.preferred, lane.concurrency_key,
  {room},
  head.task_id, task.type, task.session, task.attempt,
  -- 6: SESSION_AFFINITY.
  CASE WHEN task.session IS NOT NULL
    AND (SELECT strategy FROM coordination_policy WHERE project_id = @project) = 6 THEN (
    SELECT other.agent FROM task AS other
    WHERE other.project_id = @project AND other.session = task.session AND other.agent IS NOT NULL
    ORDER BY other.submit_position DESC, other.submit_ordinal DESC LIMIT 1
  ) END AS session_agent
FROM lanes AS lane
LEFT JOIN task_queue AS queue ON queue.project_id = @project AND queue.queue = lane.queue
CROSS JOIN LATERAL (
  SELECT ready.task_id, ready.class, ready.priority, ready.turn, ready.ordinal FROM task_ready AS ready
  WHERE ready.project_id = @project AND ready.lane = lane.lane
  ORDER BY ready.class, ready.priority DESC, ready.turn, ready.ordinal
  LIMIT @limit
) AS head
JOIN task ON task.project_id = @project AND task.task_id = head.task_id
WHERE NOT coalesce(queue.is_paused, false)
  AND (task.deadline IS NULL OR task.deadline >= clock_timestamp() + task.estimate * interval '1 microsecond')
ORDER BY head.class, head.priority DESC, head.turn, head.ordinal
LIMIT @limit
