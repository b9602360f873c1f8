-- What statements on agents include.

-- agent_row:
-- Of `agent`: all of it, with when it was last heard of and the sessions of the tasks that it holds.
agent.agent_id, agent.version, agent.position, agent.create_time, agent.update_time, agent.type, agent.capabilities,
agent.labels, agent.priority, agent.max_load, agent.state, agent.metadata, agent.incarnation, agent.stream, agent.load,
agent.completed, agent.failed, agent.run_time, agent.asked_time, (
  SELECT beat.beat_time FROM agent_beat AS beat
  WHERE beat.project_id = agent.project_id AND beat.agent_id = agent.agent_id
) AS beat_time, ARRAY(
  SELECT DISTINCT held.session
  FROM (
    SELECT session FROM task_held
    WHERE task_held.project_id = agent.project_id AND task_held.agent = agent.agent_id AND session IS NOT NULL LIMIT 1000
  ) AS held
  ORDER BY held.session LIMIT 100
) AS sessions

-- page_columns:
-- The same behind a page.
agent_id, version, position, create_time, update_time, type, capabilities, labels, priority, max_load, state, metadata,
incarnation, stream, load, completed, failed, run_time, asked_time, beat_time, sessions

-- agent_bytes:
-- Of an answer, about.
octet_length(capabilities::text) + coalesce(octet_length(labels::text), 0) + coalesce(octet_length(metadata::text), 0)
  + octet_length(sessions::text) + 1000

-- shown_state:
-- 3: BUSY is how 1 and 2, ACTIVE and IDLE, are shown of a full one.
CASE WHEN agent.state IN (1, 2) AND agent.load >= agent.max_load THEN 3 ELSE agent.state END

-- policy_columns:
policy.position, policy.update_time, policy.heartbeat_interval, policy.heartbeat_timeout, policy.missed_heartbeats,
policy.recovers, policy.recovery_delay

-- silence_limit:
-- After how many microseconds of silence an agent is dead, of a `policy` that may be missing.
coalesce(
  CASE WHEN policy.missed_heartbeats = 0 THEN policy.heartbeat_timeout
  ELSE least(policy.heartbeat_timeout, policy.missed_heartbeats * policy.heartbeat_interval) END, 90000000)
