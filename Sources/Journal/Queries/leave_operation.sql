-- Ends a turn; everybody leaves the operation alone for @pause seconds.
UPDATE operation SET
  turn_time = clock_timestamp(), lease_time = clock_timestamp() + @pause * interval '1 second', holder = ''
WHERE project_id = @project AND operation_id = @id AND holder = @holder AND state = 'running';
