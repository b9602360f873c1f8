-- What statements about the death of agents include.

-- candidates:
agent
JOIN agent_beat AS beat ON beat.project_id = agent.project_id AND beat.agent_id = agent.agent_id
LEFT JOIN coordination_policy AS policy ON policy.project_id = agent.project_id

-- is_overdue:
-- 1, 2: ACTIVE, IDLE. Before `@since` nobody could be heard.
agent.state IN (1, 2)
AND greatest(beat.beat_time, @since) < clock_timestamp() - ({silence_limit}) * interval '1 microsecond'

-- is_due:
-- 5: DEAD.
agent.state = 5 AND agent.recovery_time <= clock_timestamp()

-- delay:
-- After how many microseconds a dead agent is asked for a sign of life; NULL: never.
CASE WHEN coalesce(policy.recovers, true) THEN coalesce(policy.recovery_delay, 60000000) END
