-- What is due with a dead agent, in a write that holds the dispatch lock: no row for nothing.
SELECT agent.asked_time IS NOT NULL AS is_asked, {delay} IS NOT NULL AS recovers, {silence_limit} AS silence_limit
FROM {candidates}
WHERE agent.project_id = @project AND agent.agent_id = @id AND {is_due}
