-- When and at which position a context was created, as create_context returned it: $1 project, $2 id.
SELECT position, create_time FROM context WHERE project_id = $1 AND context_id = $2 AND version = 1
UNION ALL
SELECT from_position, create_time FROM context_version
WHERE project_id = $1 AND context_id = $2 AND version = 1
