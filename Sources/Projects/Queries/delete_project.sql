-- Deletes a locked project in a write that has drawn its position.
UPDATE project SET delete_time = drawn.at, delete_position = drawn.position
FROM drawn WHERE project_id = @project;
