-- One context without content and data, and whether it is deleted or purged by now.
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, now()) AS life
FROM context
WHERE project_id = @project AND context_id = @id
