-- The projects in which something is due: a time that tasks wait for, a look at them, the end of their retention. From each
-- project with such tasks to the next, by the indexes.
WITH RECURSIVE later AS (
  (SELECT project_id FROM task_later ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id FROM later, LATERAL (
    SELECT project_id FROM task_later WHERE project_id > later.project_id ORDER BY project_id LIMIT 1) AS next
), looks AS (
  (SELECT project_id FROM task_deadline ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id FROM looks, LATERAL (
    SELECT project_id FROM task_deadline WHERE project_id > looks.project_id ORDER BY project_id LIMIT 1) AS next
), ended AS (
  (SELECT project_id FROM task WHERE purge_time IS NOT NULL ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id FROM ended, LATERAL (
    SELECT project_id FROM task WHERE purge_time IS NOT NULL AND project_id > ended.project_id
    ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM later
UNION
SELECT project_id FROM looks
UNION
SELECT project_id FROM ended
