-- Releases a hold.
DELETE FROM hold WHERE project_id = @project AND hold_id = @id;
