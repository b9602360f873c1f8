-- Takes operations that nobody holds for @holder, first those that have waited longest for a turn.
WITH free AS MATERIALIZED (
  SELECT project_id, operation_id FROM operation
  WHERE state = 'running' AND kind = ANY (@kinds::text[]) AND lease_time < clock_timestamp()
  ORDER BY turn_time, create_time
  LIMIT @limit
  FOR UPDATE SKIP LOCKED
)
UPDATE operation SET holder = @holder, lease_time = clock_timestamp() + interval '3 seconds'
FROM free
WHERE operation.project_id = free.project_id AND operation.operation_id = free.operation_id
RETURNING {operation.operation_columns};
