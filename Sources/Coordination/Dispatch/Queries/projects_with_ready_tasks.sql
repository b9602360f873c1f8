-- The projects in which tasks wait for an agent.
WITH RECURSIVE walk AS (
  (SELECT project_id FROM task_ready ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT (
    SELECT next.project_id FROM task_ready AS next WHERE next.project_id > walk.project_id ORDER BY next.project_id LIMIT 1
  )
  FROM walk WHERE walk.project_id IS NOT NULL
)
SELECT project_id FROM walk WHERE project_id IS NOT NULL
