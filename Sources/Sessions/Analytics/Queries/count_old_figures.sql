-- How much PurgeSessionFigures would remove.
SELECT (
    SELECT count(DISTINCT session_id) FROM session_figure WHERE project_id = @project AND end_time < @before
  ) AS sessions, (
    SELECT count(*) FROM session_trend_figure AS figure
    WHERE project_id = @project AND start <= @before - width * interval '1 second'
  ) AS trends
