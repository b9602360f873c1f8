-- One task.
SELECT {task_columns} FROM task WHERE task.project_id = @project AND task.task_id = @id
