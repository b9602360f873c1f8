-- Templates by id, deleted ones too: $1 project, $2 ids.
SELECT template_id, version, position, create_time, update_time, delete_time, definition
FROM template
WHERE project_id = $1 AND template_id = ANY ($2::text[])
