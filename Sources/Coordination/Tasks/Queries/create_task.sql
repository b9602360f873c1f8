-- Stores one task that is ready at once: a whole create in one statement, which draws the position itself. No row: the id is
-- taken, or its session takes no tasks.
WITH {draw}, placed AS MATERIALIZED (
  SELECT position, at FROM draw WHERE @session::text IS NULL OR {session_is_open}
), {given_tasks}, turned AS (
  SELECT 0::bigint AS place, 0::bigint AS turn WHERE false
), stored AS (
  {store_tasks}
  ON CONFLICT (project_id, task_id) DO NOTHING
  RETURNING {stored_task_columns}
), {stored_tasks}, drawn AS (
  SELECT submit_position AS position, create_time AS at FROM stored
), {recording}
SELECT position, at FROM drawn
