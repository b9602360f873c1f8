-- The projects in which a recording has ended by itself and that is not written down. From each project with one that goes
-- on to the next, by their index.
WITH RECURSIVE candidate AS (
  (SELECT project_id FROM session_recording WHERE end_time IS NULL ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT next.project_id
  FROM candidate, LATERAL (
    SELECT project_id FROM session_recording
    WHERE end_time IS NULL AND project_id > candidate.project_id
    ORDER BY project_id LIMIT 1) AS next
)
SELECT project_id FROM candidate
WHERE EXISTS (
  SELECT FROM session_recording
  WHERE project_id = candidate.project_id AND end_time IS NULL
    AND expire_time <= clock_timestamp() - @grace * interval '1 microsecond')
