-- Deletes tasks that ended long enough ago, but for those that others still wait for.
WITH gone AS (
  SELECT task_id FROM task
  WHERE project_id = @project AND purge_time <= clock_timestamp()
    AND NOT EXISTS (
      SELECT FROM task_dependency WHERE task_dependency.project_id = @project AND on_task = task.task_id)
  ORDER BY purge_time LIMIT @limit
  FOR UPDATE SKIP LOCKED
), effects AS (
  DELETE FROM task_effect USING gone WHERE project_id = @project AND task_effect.task_id = gone.task_id
), looks AS (
  DELETE FROM task_deadline USING gone WHERE project_id = @project AND task_deadline.task_id = gone.task_id
)
DELETE FROM task USING gone WHERE project_id = @project AND task.task_id = gone.task_id
