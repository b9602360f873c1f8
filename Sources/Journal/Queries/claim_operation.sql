-- Takes an operation that nobody holds: $1 who takes it, $2 kinds.
UPDATE operation SET holder = $1, lease_time = clock_timestamp() + interval '3 seconds'
WHERE (project_id, operation_id) = (
  SELECT project_id, operation_id FROM operation
  WHERE state = 'running' AND kind = ANY ($2::text[]) AND (holder = $1 OR lease_time < clock_timestamp())
  ORDER BY create_time LIMIT 1
  FOR UPDATE SKIP LOCKED)
RETURNING project_id, operation_id, kind, state, done, total, resume, create_time, update_time, message;
