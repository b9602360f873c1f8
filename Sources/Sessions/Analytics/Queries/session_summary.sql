-- A session's sums, in all, for each type, and for each of the @limit most active agents. `agents` is how many agents there
-- are, `agent_events` and `squares` are the sums of their events and of the squares of these.
SELECT type, agent, events, errors, transitions, timed, timed_above_zero, processing_time, gains, gain, agents, agent_events,
  squares, {rolled}
FROM (
  SELECT type, agent, coalesce(sum(events), 0)::bigint AS events, coalesce(sum(errors), 0)::bigint AS errors,
    coalesce(sum(transitions), 0)::bigint AS transitions, coalesce(sum(timed), 0)::bigint AS timed,
    coalesce(sum(timed_above_zero), 0)::bigint AS timed_above_zero,
    coalesce(sum(processing_time), 0)::float8 AS processing_time, coalesce(sum(gains), 0)::bigint AS gains,
    coalesce(sum(gain), 0)::float8 AS gain,
    count(*) FILTER (WHERE agent <> '') OVER grouped AS agents,
    coalesce(sum(sum(events)) FILTER (WHERE agent <> '') OVER grouped, 0)::float8 AS agent_events,
    coalesce(sum(sum(events)::float8 ^ 2) FILTER (WHERE agent <> '') OVER grouped, 0)::float8 AS squares,
    row_number() OVER (
      PARTITION BY grouping(type), grouping(agent) ORDER BY agent = '', sum(events) DESC, type, agent) AS place
  FROM session_figure
  WHERE project_id = @project AND session_id = @session
  GROUP BY GROUPING SETS ((), (type), (agent))
  WINDOW grouped AS (PARTITION BY grouping(type), grouping(agent))
) AS summed
WHERE place <= @limit AND (agent <> '') IS NOT FALSE
ORDER BY place
