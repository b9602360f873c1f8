-- What `create_task` returned of a task.
SELECT submit_position AS position, create_time AS at FROM task WHERE project_id = @project AND task_id = @id
