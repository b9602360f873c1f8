-- The projects in which a context is to be purged. From each project with deleted ones to the next, by their
-- index.
WITH RECURSIVE candidate AS (
  (SELECT project_id FROM context WHERE purge_time IS NOT NULL ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM candidate, LATERAL (
    SELECT project_id FROM context
    WHERE purge_time IS NOT NULL AND project_id > candidate.project_id
    ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM candidate
WHERE EXISTS (SELECT FROM context WHERE project_id = candidate.project_id AND purge_time <= now())
