-- Locks tasks, in order.
SELECT {locked_task_columns} FROM task
WHERE task.project_id = @project AND task.task_id = ANY (@ids::text[])
ORDER BY task.task_id
FOR UPDATE
