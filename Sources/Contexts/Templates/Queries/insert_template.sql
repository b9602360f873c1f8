-- Stores a new template in a write that has drawn its position: $1 project, $2 id, $3 definition.
INSERT INTO template (project_id, template_id, version, position, create_time, update_time, definition)
SELECT $1, $2, 1, drawn.position, drawn.at, drawn.at, $3 FROM drawn
RETURNING template_id, version, template.position, create_time, update_time, delete_time, definition
