-- The projects in which a context has expired. From each project with an expiry to the next, by the index of
-- those.
WITH RECURSIVE candidate AS (
  (SELECT project_id FROM context
  WHERE expire_time IS NOT NULL AND delete_time IS NULL
  ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM candidate, LATERAL (
    SELECT project_id FROM context
    WHERE expire_time IS NOT NULL AND delete_time IS NULL AND project_id > candidate.project_id
    ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM candidate
WHERE EXISTS (
  SELECT FROM context
  WHERE project_id = candidate.project_id AND expire_time <= now() AND delete_time IS NULL)
