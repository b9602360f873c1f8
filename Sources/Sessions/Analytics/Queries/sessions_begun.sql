-- The sessions that were created in two periods: how many, and of the @limit newest how long they took and how many agents
-- they had.
SELECT period.place - 1 AS period, (
    SELECT count(*) FROM session
    WHERE project_id = @project AND create_time >= period.starts AND create_time < period.ends
  ) AS sessions, newest.mean_duration, newest.mean_agents
FROM unnest(@starts::timestamptz[], @ends::timestamptz[]) WITH ORDINALITY AS period (starts, ends, place)
CROSS JOIN LATERAL (
  SELECT avg(extract(epoch FROM begun.end_time - begun.create_time)::float8 * 1e6) AS mean_duration,
    coalesce(avg(agents.count), 0)::float8 AS mean_agents
  FROM (
    SELECT session_id, create_time, end_time FROM session
    WHERE project_id = @project AND create_time >= period.starts AND create_time < period.ends
    ORDER BY create_time DESC, session_id DESC LIMIT @limit
  ) AS begun
  CROSS JOIN LATERAL (
    SELECT count(DISTINCT agent) AS count FROM session_figure AS figure
    WHERE figure.project_id = @project AND figure.session_id = begun.session_id AND agent <> ''
  ) AS agents
) AS newest
