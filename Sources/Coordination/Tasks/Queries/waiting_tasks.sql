-- What waits for tasks, in the order in which those that wait are locked; one more than are locked at most.
SELECT on_task, task_id, proceeds, EXISTS (
    SELECT FROM task_dependency AS further
    WHERE further.project_id = @project AND further.on_task = waiting.task_id
  ) AS is_awaited
FROM task_dependency AS waiting
WHERE project_id = @project AND on_task = ANY (@ids::text[])
ORDER BY on_task, task_id LIMIT @limit + 1
