-- Appends events that change nothing but the log: a whole write in one statement, which draws the position itself, after
-- the head was locked. Where the session is not open, or a member is none, or others have appended, or there is no room,
-- or a checkpoint is due, nothing is written: the row then has all that says so, and `is_appended` is false. LogAppend.step
-- decides the same.
WITH {draw}, stored AS MATERIALIZED (
  SELECT draw.position, draw.at, session.state, session.delete_time, session.agents, session.ttl, session.max_events,
    nullif(session.checkpoint_interval, 0) AS checkpoint_interval, head.last_sequence, head.expire_time
  FROM draw
  LEFT JOIN session ON session.project_id = @project AND session.session_id = @session
  LEFT JOIN session_head AS head ON head.project_id = @project AND head.session_id = @session
), admitted AS MATERIALIZED (
  SELECT position, at, last_sequence,
    CASE WHEN @renews THEN at + ttl * interval '1 microsecond' ELSE expire_time END AS expire_time
  FROM stored
  -- 4: COMPLETED.
  WHERE delete_time IS NULL AND state <> 4 AND (expire_time > at) IS NOT FALSE
    AND last_sequence = coalesce(@expected, last_sequence) AND @members::text[] <@ agents
    AND last_sequence + cardinality(@types::smallint[]) <= max_events
    AND (last_sequence + cardinality(@types::smallint[])) / checkpoint_interval
      IS NOT DISTINCT FROM last_sequence / checkpoint_interval
), {appending}, changed AS (
  INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action)
  SELECT @project, position, 0, at, {provenance}, 'session_log', @session, 'appended' FROM admitted
)
SELECT stored.position, stored.at, stored.state, head.last_sequence IS NOT NULL AS is_appended,
  coalesce(head.last_sequence, stored.last_sequence) AS last_sequence,
  CASE WHEN head.last_sequence IS NULL THEN stored.expire_time ELSE head.expire_time END AS expire_time,
  stored.delete_time, stored.max_events, CASE WHEN head.last_sequence IS NULL THEN stored.agents END AS agents
FROM stored LEFT JOIN head ON true
