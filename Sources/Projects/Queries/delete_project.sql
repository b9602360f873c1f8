-- Deletes a locked project in a write that has drawn its position.
UPDATE project SET
  version = version + 1, position = drawn.position, delete_time = drawn.at, delete_position = drawn.position
FROM drawn WHERE project_id = @project;
