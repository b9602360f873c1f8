-- Dead agents of all projects that are to be asked for a sign of life, or were asked long enough ago: some of them.
SELECT agent.project_id, agent.agent_id FROM {candidates} WHERE {is_due} LIMIT @limit
