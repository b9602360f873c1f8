-- One context, and whether it is deleted or purged by now.
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, now()) AS life, content, data
FROM context
WHERE project_id = @project AND context_id = @id
