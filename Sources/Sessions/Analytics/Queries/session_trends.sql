-- What happened in two periods, 0 and 1, by the stretches of time that cover them: in all, and in the second one for the most
-- active agents and the most frequent types.
WITH summed AS MATERIALIZED (
  SELECT cover.period, figure.agent, figure.type, sum(figure.events) AS events, sum(figure.errors) AS errors
  FROM unnest(@periods::smallint[], @widths::integer[], @starts::timestamptz[], @ends::timestamptz[])
    AS cover (period, width, starts, ends)
  JOIN session_trend_figure AS figure ON figure.project_id = @project AND figure.width = cover.width
    AND figure.start >= cover.starts AND figure.start < cover.ends
  GROUP BY cover.period, figure.agent, figure.type
)
SELECT period, agent, type, events, errors, {rolled}
FROM (
  SELECT period, agent, type, sum(events)::bigint AS events, sum(errors)::bigint AS errors, row_number() OVER (
    PARTITION BY period, grouping(agent), grouping(type) ORDER BY agent = '', sum(events) DESC, agent, type) AS place
  FROM summed
  GROUP BY GROUPING SETS ((period), (period, agent), (period, type))
) AS ranked
WHERE agent IS NULL AND type IS NULL OR period = 1 AND (agent <> '' AND place <= @agents OR type IS NOT NULL AND place <= @types)
ORDER BY place
