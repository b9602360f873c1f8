-- A template, locked against other writers: $1 project, $2 id.
SELECT template_id, version, position, create_time, update_time, delete_time, definition
FROM template
WHERE project_id = $1 AND template_id = $2
FOR UPDATE
