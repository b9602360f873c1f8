-- Notes what a step did: @done items, and where to go on with @resume, NULL when nothing is left.
UPDATE operation SET
  done = done + @done,
  total = CASE WHEN @resume::text IS NULL THEN done + @done ELSE greatest(total, done + @done) END,
  resume = coalesce(@resume, ''),
  state = CASE WHEN @resume::text IS NULL THEN 'done' ELSE 'running' END,
  failures = 0,
  update_time = clock_timestamp(),
  lease_time = clock_timestamp() + interval '3 seconds'
WHERE project_id = @project AND operation_id = @id AND holder = @holder;
