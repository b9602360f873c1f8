-- Locks an operation for a step of its holder: $1 project, $2 id, $3 holder. No row: it is somebody else's now, or
-- has ended.
SELECT project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
FROM operation WHERE project_id = $1 AND operation_id = $2 AND holder = $3 AND state = 'running'
FOR UPDATE;
