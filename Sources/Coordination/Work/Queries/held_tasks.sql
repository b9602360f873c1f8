-- What an agent holds since a position.
SELECT task_id, epoch FROM task_held WHERE project_id = @project AND agent = @agent AND epoch >= @since
