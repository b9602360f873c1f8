-- Adds what was appended between two positions to the sums of a project, whose row is locked.
WITH fresh AS MATERIALIZED (
  -- 2: BROKE, and BROKEN. 5: HANDOFF. Field 8 is `handoff`.
  SELECT session_id, at, type, actor, to_state, performance_delta, processing_time, octet_length(body) AS bytes,
    type = 2 OR to_state = 2 AS is_error, CASE WHEN type = 5 THEN session_event_field(body, 8) END AS handoff
  FROM session_event
  WHERE project_id = @project AND position > @after AND position <= @through
), handoff AS MATERIALIZED (
  -- `kind`, `agent` and `to_agent`.
  SELECT get_byte(session_event_field(handoff, 1), 0) AS kind,
    convert_from(session_event_field(handoff, 2), 'UTF8') COLLATE "C" AS agent,
    convert_from(session_event_field(handoff, 3), 'UTF8') COLLATE "C" AS to_agent
  FROM fresh WHERE handoff IS NOT NULL
), begun AS (
  -- Sessions of which nothing was summed up yet, with those who took part in their first version.
  SELECT unnest(CASE WHEN session.version = 1 THEN session.agents ELSE first.agents END) AS agent
  FROM (SELECT DISTINCT session_id FROM fresh) AS seen
  LEFT JOIN LATERAL (
    -- With a limit, because as an anti-join it may read all figures of the project.
    SELECT 1 AS one FROM session_figure AS known
    WHERE known.project_id = @project AND known.session_id = seen.session_id
    LIMIT 1
  ) AS known ON true
  JOIN session ON session.project_id = @project AND session.session_id = seen.session_id
  LEFT JOIN LATERAL (
    SELECT CASE WHEN version = 1 THEN agents END AS agents FROM session_version AS old
    WHERE old.project_id = @project AND old.session_id = seen.session_id
    ORDER BY position LIMIT 1
  ) AS first ON true
  WHERE known.one IS NULL
), ended AS MATERIALIZED (
  -- 7: END.
  SELECT fresh.session_id, extract(epoch FROM fresh.at - session.create_time)::float8 * 1e6 AS duration
  FROM fresh JOIN session ON session.project_id = @project AND session.session_id = fresh.session_id
  WHERE fresh.type = 7
), taking_part AS (
  SELECT ended.session_id, known.agent
  FROM ended CROSS JOIN LATERAL (
    SELECT agent FROM session_figure AS figure
    WHERE figure.project_id = @project AND figure.session_id = ended.session_id AND agent <> ''
  ) AS known
  UNION
  SELECT fresh.session_id, fresh.actor
  FROM fresh JOIN ended USING (session_id)
  WHERE fresh.actor <> ''
), done AS (
  SELECT actor AS agent, 0 AS joins, count(*) AS events, 0 AS given, 0 AS received, 0 AS ended, 0::float8 AS duration
  FROM fresh WHERE actor <> '' GROUP BY actor
  UNION ALL
  SELECT agent, 1, 0, 0, 0, 0, 0 FROM begun
  UNION ALL
  -- 1: JOINED. 3: HANDED_OVER.
  SELECT agent, (kind = 1)::integer, 0, (kind = 3)::integer, 0, 0, 0 FROM handoff WHERE kind IN (1, 3)
  UNION ALL
  SELECT to_agent, 0, 0, 0, 1, 0, 0 FROM handoff WHERE kind = 3
  UNION ALL
  SELECT agent, 0, 0, 0, 0, 1, duration FROM taking_part JOIN ended USING (session_id)
), sessions AS (
  INSERT INTO session_figure AS figure (project_id, session_id, agent, type, events, errors, transitions, timed,
    timed_above_zero, processing_time, gains, gain, end_time)
  SELECT @project, session_id, actor, type, count(*), count(*) FILTER (WHERE is_error), count(to_state),
    count(processing_time), count(*) FILTER (WHERE processing_time > 0), coalesce(sum(processing_time::float8), 0),
    count(*) FILTER (WHERE performance_delta > 0),
    -- Finite figures may add up to one that is not.
    coalesce(sum(least(performance_delta, 1e15)) FILTER (WHERE performance_delta > 0), 0),
    max(at) FILTER (WHERE type = 7)
  FROM fresh GROUP BY session_id, actor, type
  ON CONFLICT (project_id, session_id, agent, type) DO UPDATE SET
    events = figure.events + excluded.events,
    errors = figure.errors + excluded.errors,
    transitions = figure.transitions + excluded.transitions,
    timed = figure.timed + excluded.timed,
    timed_above_zero = figure.timed_above_zero + excluded.timed_above_zero,
    processing_time = figure.processing_time + excluded.processing_time,
    gains = figure.gains + excluded.gains,
    gain = figure.gain + excluded.gain,
    end_time = coalesce(excluded.end_time, figure.end_time)
), agents AS (
  INSERT INTO session_agent_figure AS figure (project_id, agent, joins, events, handoffs_given, handoffs_received,
    ended_sessions, ended_time)
  SELECT @project, agent, sum(joins), sum(events), sum(given), sum(received), sum(ended), sum(duration)
  FROM done GROUP BY agent
  ON CONFLICT (project_id, agent) DO UPDATE SET
    joins = figure.joins + excluded.joins,
    events = figure.events + excluded.events,
    handoffs_given = figure.handoffs_given + excluded.handoffs_given,
    handoffs_received = figure.handoffs_received + excluded.handoffs_received,
    ended_sessions = figure.ended_sessions + excluded.ended_sessions,
    ended_time = figure.ended_time + excluded.ended_time
), trends AS (
  INSERT INTO session_trend_figure AS figure (project_id, width, start, agent, type, events, errors)
  SELECT @project, width, date_bin(width * interval '1 second', at, 'epoch'), actor, type, count(*),
    count(*) FILTER (WHERE is_error)
  FROM fresh, unnest(@widths::integer[]) AS width
  GROUP BY 2, 3, 4, 5
  ON CONFLICT (project_id, width, start, agent, type) DO UPDATE SET
    events = figure.events + excluded.events,
    errors = figure.errors + excluded.errors
)
UPDATE session_rollup SET
  position = @through,
  events = events + (SELECT count(*) FROM fresh),
  bytes = bytes + (SELECT coalesce(sum(bytes), 0) FROM fresh)
WHERE project_id = @project
