-- Heartbeats of many agents, of which some may not exist. In the order of their keys, as every server writes them.
WITH heard AS (
  SELECT beat.project_id, beat.agent_id
  FROM agent_beat AS beat
  JOIN unnest(@projects::text[], @agents::text[]) AS given (project_id, agent_id)
    ON beat.project_id = given.project_id AND beat.agent_id = given.agent_id
  ORDER BY beat.project_id, beat.agent_id
  FOR UPDATE OF beat
), written AS (
  UPDATE agent_beat AS beat SET beat_time = greatest(beat.beat_time, clock_timestamp())
  FROM heard WHERE beat.project_id = heard.project_id AND beat.agent_id = heard.agent_id
  RETURNING beat.project_id, beat.agent_id, beat.beat_time
)
SELECT written.project_id, written.agent_id, written.beat_time, agent.state, agent.load, agent.max_load,
  {silence_limit} AS silence_limit
FROM written
JOIN agent ON agent.project_id = written.project_id AND agent.agent_id = written.agent_id
LEFT JOIN coordination_policy AS policy ON policy.project_id = written.project_id
