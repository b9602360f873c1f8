-- One operation: $1 project, $2 id, $3 kind.
SELECT project_id, operation_id, kind, state, done, total, resume, create_time, update_time, message
FROM operation WHERE project_id = $1 AND operation_id = $2 AND kind = $3;
