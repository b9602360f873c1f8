-- Removes the figures of some sessions that ended before a time; returns how many sessions that were.
WITH locked AS MATERIALIZED (
  SELECT FROM session_rollup WHERE project_id = @project FOR UPDATE
), old AS MATERIALIZED (
  SELECT DISTINCT session_id FROM (
    SELECT session_id FROM session_figure, locked
    WHERE project_id = @project AND end_time < @before
    ORDER BY end_time LIMIT @limit
  ) AS ended
), removed AS (
  DELETE FROM session_figure AS figure USING old
  WHERE figure.project_id = @project AND figure.session_id = old.session_id
  RETURNING figure.session_id
)
SELECT count(DISTINCT session_id) AS count FROM removed
