-- Agents that take tasks and have room: those with the most of it, and for each set of requirements some that meet it.
WITH RECURSIVE {walk}
SELECT agent.agent_id, agent.terms, agent.priority, agent.max_load, agent.load, agent.completed, agent.failed,
  agent.run_time, agent.assigned_position
FROM agent
WHERE {free} AND agent.agent_id IN (
  SELECT agent_id FROM (
    SELECT agent.agent_id FROM agent WHERE {free} {most_room_first} LIMIT @limit
  ) AS most
  UNION ALL
  SELECT able.agent_id
  FROM (SELECT DISTINCT required FROM lanes WHERE required <> '{}') AS wanted
  CROSS JOIN LATERAL (
    SELECT agent.agent_id FROM agent WHERE {free} AND agent.terms @> wanted.required {most_room_first} LIMIT @able
  ) AS able
)
