-- Notes that a step failed with @message; after @attempts in a row the operation is given up. It is left alone for half a
-- second, and twice as long after each further failure.
UPDATE operation SET
  failures = failures + 1,
  state = CASE WHEN failures + 1 >= @attempts THEN 'failed' ELSE 'running' END,
  message = CASE WHEN failures + 1 >= @attempts THEN @message ELSE message END,
  update_time = CASE WHEN failures + 1 >= @attempts THEN clock_timestamp() ELSE update_time END,
  turn_time = clock_timestamp(),
  lease_time = clock_timestamp() + least(interval '30 seconds', interval '500 milliseconds' * 2 ^ failures),
  holder = ''
WHERE project_id = @project AND operation_id = @id AND holder = @holder AND state = 'running';
