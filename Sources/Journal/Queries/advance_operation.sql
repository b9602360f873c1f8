-- Notes what a step did: $1 project, $2 id, $3 holder, $4 items, $5 where to go on, NULL when nothing is
-- left.
UPDATE operation SET
  done = done + $4,
  total = CASE WHEN $5::text IS NULL THEN done + $4 ELSE greatest(total, done + $4) END,
  resume = coalesce($5, ''),
  state = CASE WHEN $5::text IS NULL THEN 'done' ELSE 'running' END,
  failures = 0,
  update_time = clock_timestamp(),
  lease_time = clock_timestamp() + interval '3 seconds'
WHERE project_id = $1 AND operation_id = $2 AND holder = $3;
