-- Takes operations that nobody holds, first those that have waited longest for a turn: $1 who takes them, $2 kinds,
-- $3 how many at most.
WITH free AS MATERIALIZED (
  SELECT project_id, operation_id FROM operation
  WHERE state = 'running' AND kind = ANY ($2::text[]) AND lease_time < clock_timestamp()
  ORDER BY turn_time, create_time
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
UPDATE operation SET holder = $1, lease_time = clock_timestamp() + interval '3 seconds'
FROM free
WHERE operation.project_id = free.project_id AND operation.operation_id = free.operation_id
RETURNING operation.project_id, operation.operation_id, kind, subject, state, done, total, resume, create_time,
  update_time, message;
