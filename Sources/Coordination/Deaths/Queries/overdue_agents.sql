-- Agents of all projects that have been silent for too long: some of them.
SELECT agent.project_id, agent.agent_id FROM {candidates} WHERE {is_overdue} LIMIT @limit
