-- Gives an operation up: $1 project, $2 id, $3 holder, $4 why.
UPDATE operation SET state = 'failed', message = $4, update_time = clock_timestamp()
WHERE project_id = $1 AND operation_id = $2 AND holder = $3 AND state = 'running';
