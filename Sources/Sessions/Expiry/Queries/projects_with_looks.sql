-- The projects in which a session may have expired. From each project with one that can to the next, by their index.
WITH RECURSIVE candidate AS (
  (SELECT project_id FROM session_head WHERE look_time IS NOT NULL ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM candidate, LATERAL (
    SELECT project_id FROM session_head
    WHERE look_time IS NOT NULL AND project_id > candidate.project_id
    ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM candidate
WHERE EXISTS (
  SELECT FROM session_head WHERE project_id = candidate.project_id AND look_time <= clock_timestamp())
