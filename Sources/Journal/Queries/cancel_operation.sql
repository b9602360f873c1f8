-- Ends an operation before it is done: $1 project, $2 id. Waits for the step under way. No row: it has ended, or there
-- is none.
UPDATE operation SET state = 'cancelled', update_time = clock_timestamp()
WHERE project_id = $1 AND operation_id = $2 AND state = 'running'
RETURNING project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message;
