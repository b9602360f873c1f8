-- Notes that a step failed: $1 project, $2 id, $3 holder, $4 why, $5 failures in a row at which the operation is given
-- up. It is left alone for half a second, and twice as long after each further failure.
UPDATE operation SET
  failures = failures + 1,
  state = CASE WHEN failures + 1 >= $5 THEN 'failed' ELSE 'running' END,
  message = CASE WHEN failures + 1 >= $5 THEN $4 ELSE message END,
  update_time = CASE WHEN failures + 1 >= $5 THEN clock_timestamp() ELSE update_time END,
  turn_time = clock_timestamp(),
  lease_time = clock_timestamp() + least(interval '30 seconds', interval '500 milliseconds' * 2 ^ failures),
  holder = ''
WHERE project_id = $1 AND operation_id = $2 AND holder = $3 AND state = 'running';
