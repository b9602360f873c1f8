-- Locks an operation for a step of its holder. No row: it is somebody else's now, or has ended.
SELECT {operation_columns}
FROM operation WHERE project_id = @project AND operation_id = @id AND holder = @holder AND state = 'running'
FOR UPDATE;
