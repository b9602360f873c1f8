-- Changes a locked template in a write that has drawn its position: it is deleted now, or begins anew.
UPDATE template SET
  version = version + 1, position = drawn.position, update_time = drawn.at, definition = @definition,
  delete_time = CASE WHEN @is_deletion THEN drawn.at END,
  create_time = CASE WHEN @is_anew THEN drawn.at ELSE create_time END
FROM drawn
WHERE project_id = @project AND template_id = @id
RETURNING {template.template_columns}
