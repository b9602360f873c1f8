-- A task, locked, with what limits its lane: as `ready_tasks`, in whatever state it is.
SELECT lane.lane, lane.queue, lane.required, lane.preferred, lane.concurrency_key,
  {room}, task.task_id, task.type, task.session, task.attempt, NULL::text AS session_agent, task.state
FROM task
JOIN task_lane AS lane ON lane.project_id = task.project_id AND lane.lane = task.lane
LEFT JOIN task_queue AS queue ON queue.project_id = task.project_id AND queue.queue = task.queue
WHERE task.project_id = @project AND task.task_id = @task
FOR UPDATE OF task
