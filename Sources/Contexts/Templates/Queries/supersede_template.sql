-- Keeps the present row of a locked template as history, valid until the write that has drawn its position:
-- $1 project, $2 id.
INSERT INTO template_version (project_id, template_id, version, from_position, position, create_time,
  update_time, delete_time, definition)
SELECT project_id, template_id, version, template.position, drawn.position, create_time, update_time,
  delete_time, definition
FROM template, drawn
WHERE project_id = $1 AND template_id = $2
