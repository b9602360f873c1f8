-- Tasks of all projects whose attempts have taken too long: some of each. From each project with held tasks to the next, by
-- their index.
WITH RECURSIVE holding AS (
  (SELECT project_id FROM task_held ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM holding, LATERAL (
    SELECT project_id FROM task_held WHERE project_id > holding.project_id ORDER BY project_id LIMIT 1
  ) AS next
)
SELECT held.project_id, held.task_id, held.epoch, false AS is_dead
FROM holding CROSS JOIN LATERAL (
  SELECT task_held.project_id, task_held.task_id, task_held.epoch FROM task_held
  WHERE task_held.project_id = holding.project_id AND task_held.expire_time <= clock_timestamp()
  ORDER BY task_held.expire_time
  LIMIT @limit
) AS held
LIMIT @limit
