-- When and at which position a context was created, as create_context returned it.
SELECT position, create_time AS at FROM context WHERE project_id = @project AND context_id = @id AND version = 1
UNION ALL
SELECT from_position, create_time FROM context_version
WHERE project_id = @project AND context_id = @id AND version = 1
