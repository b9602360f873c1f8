-- Locks tasks and those that wait for them, so many at most of these, in order.
SELECT {locked_task_columns} FROM task
WHERE task.project_id = @project AND task.task_id IN (
    SELECT unnest(@ids::text[])
    UNION
    (SELECT task_id FROM task_dependency
    WHERE project_id = @project AND on_task = ANY (@ids::text[])
    ORDER BY on_task, task_id LIMIT @limit)
  )
ORDER BY task.task_id
FOR UPDATE
