-- Removes some sums over stretches of time that had passed before a time; returns how many.
WITH locked AS MATERIALIZED (
  SELECT FROM session_rollup WHERE project_id = @project FOR UPDATE
), removed AS (
  DELETE FROM session_trend_figure
  WHERE ctid = ANY (ARRAY(
    SELECT old.ctid
    FROM unnest(@widths::integer[]) AS stretch (seconds)
    CROSS JOIN LATERAL (
      SELECT figure.ctid FROM session_trend_figure AS figure, locked
      WHERE figure.project_id = @project AND figure.width = stretch.seconds
        AND figure.start <= @before - stretch.seconds * interval '1 second'
      LIMIT @limit
    ) AS old
    LIMIT @limit))
  RETURNING 1
)
SELECT count(*) AS count FROM removed
