-- Tasks of all projects that are held by agents which are dead, or by what agents were before they began anew: some of them.
SELECT held.project_id, held.task_id, held.epoch, agent.state = 5 AS is_dead
FROM agent
CROSS JOIN LATERAL (
  SELECT task_held.project_id, task_held.task_id, task_held.epoch FROM task_held
  WHERE task_held.project_id = agent.project_id AND task_held.agent = agent.agent_id
    AND (agent.state = 5 OR task_held.epoch < agent.incarnation)
  ORDER BY task_held.epoch
  LIMIT @limit
) AS held
WHERE agent.load > 0
LIMIT @limit
