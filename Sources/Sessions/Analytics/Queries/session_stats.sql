-- The sessions of a project in figures, those parts of it that are wanted. 3: FAILURE. 4: COMPLETED.
SELECT clock_timestamp() AS at, sessions.*, agents.*, checkpoints.*, coalesce(rollup.events, 0) AS events,
  coalesce(rollup.bytes, 0) AS bytes, coalesce(rollup.position, 0) AS rolled
FROM (
  SELECT count(*) FILTER (WHERE delete_time IS NULL) AS sessions, count(*) AS begun_sessions, count(*) FILTER (
    WHERE delete_time IS NULL AND state <> 4 AND (expire_time > clock_timestamp()) IS NOT FALSE) AS active_sessions
  FROM session JOIN session_head USING (project_id, session_id)
  WHERE project_id = @project AND @with_sessions
) AS sessions, (
  -- Not count(DISTINCT …), which sorts.
  SELECT count(*) AS active_agents
  FROM (
    SELECT DISTINCT agent
    FROM session JOIN session_head USING (project_id, session_id), unnest(agents) AS agent
    WHERE project_id = @project AND @with_agents AND delete_time IS NULL AND state <> 4
      AND (expire_time > clock_timestamp()) IS NOT FALSE
  ) AS agent
) AS agents, (
  SELECT count(*) AS checkpoints, count(*) FILTER (WHERE checkpoint.kind = 3) AS failures
  FROM session_checkpoint AS checkpoint JOIN session USING (project_id, session_id)
  WHERE project_id = @project AND @with_checkpoints AND session.delete_time IS NULL
) AS checkpoints
LEFT JOIN session_rollup AS rollup ON rollup.project_id = @project AND @with_events
