-- Whether an agent has been silent for too long, in a write that holds the dispatch lock: no row when it has not.
SELECT {delay} AS recovery_delay FROM {candidates}
WHERE agent.project_id = @project AND agent.agent_id = @id AND {is_overdue}
