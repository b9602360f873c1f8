-- Stores a new template in a write that has drawn its position.
INSERT INTO template (project_id, template_id, version, position, create_time, update_time, definition)
SELECT @project, @id, 1, drawn.position, drawn.at, drawn.at, @definition FROM drawn
RETURNING {template.template_columns}
