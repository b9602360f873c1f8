-- Changes a locked template in a write that has drawn its position: $1 project, $2 id, $3 definition, $4
-- whether it is deleted now, $5 whether it begins anew.
UPDATE template SET
  version = version + 1, position = drawn.position, update_time = drawn.at, definition = $3,
  delete_time = CASE WHEN $4 THEN drawn.at END,
  create_time = CASE WHEN $5 THEN drawn.at ELSE create_time END
FROM drawn
WHERE project_id = $1 AND template_id = $2
RETURNING template_id, version, template.position, create_time, update_time, delete_time, definition
