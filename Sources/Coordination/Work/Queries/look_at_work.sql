-- What an agent's stream must know, for a look-up: what was given to it last, and whether it is still the agent's stream.
SELECT agent.state, agent.stream, agent.load, agent.asked_time, (
    SELECT beat.beat_time FROM agent_beat AS beat
    WHERE beat.project_id = agent.project_id AND beat.agent_id = agent.agent_id
  ) AS beat_time, coalesce((
    SELECT held.epoch FROM task_held AS held
    WHERE held.project_id = agent.project_id AND held.agent = agent.agent_id
    ORDER BY held.epoch DESC LIMIT 1
  ), 0) AS epoch
FROM agent WHERE agent.project_id = @project AND agent.agent_id = @id
