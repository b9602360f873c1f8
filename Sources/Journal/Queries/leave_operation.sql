-- Ends a turn: $1 project, $2 id, $3 holder, $4 seconds for which everybody leaves the operation alone.
UPDATE operation SET
  turn_time = clock_timestamp(), lease_time = clock_timestamp() + $4 * interval '1 second', holder = ''
WHERE project_id = $1 AND operation_id = $2 AND holder = $3 AND state = 'running';
