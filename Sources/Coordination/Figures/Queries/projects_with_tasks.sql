-- The projects in which something happened with agents or tasks. From each of them to the next, by their index.
WITH RECURSIVE candidate AS (
  (SELECT project_id FROM task ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM candidate, LATERAL (
    SELECT project_id FROM task WHERE project_id > candidate.project_id ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM candidate
UNION
SELECT project_id FROM coordination_rollup
