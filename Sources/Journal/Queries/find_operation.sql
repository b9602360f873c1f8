-- One operation: $1 project, $2 id.
SELECT project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
FROM operation WHERE project_id = $1 AND operation_id = $2;
