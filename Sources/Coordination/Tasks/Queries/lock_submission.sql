-- Locks what decides about tasks that are submitted, in order: those with certain ids, and those that have certain unique keys.
SELECT {locked_task_columns} FROM task
WHERE task.project_id = @project AND task.task_id IN (
    SELECT unnest(@ids::text[])
    UNION
    SELECT holder.task_id
    FROM unnest(@types::text[], @keys::text[]) AS wanted (type, key)
    JOIN task AS holder
      ON holder.project_id = @project AND holder.type = wanted.type AND holder.unique_key = wanted.key
      AND holder.end_time IS NULL
  )
ORDER BY task.task_id
FOR UPDATE
