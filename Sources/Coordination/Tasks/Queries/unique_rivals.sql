-- The task that has the unique key of another one and has not ended.
SELECT holder.task_id, holder.unique_key
FROM task JOIN task AS holder
  ON holder.project_id = task.project_id AND holder.type = task.type AND holder.unique_key = task.unique_key
  AND holder.end_time IS NULL
WHERE task.project_id = @project AND task.task_id = @id AND holder.task_id <> task.task_id
