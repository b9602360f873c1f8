-- One agent, for a write.
SELECT {agent_row} FROM agent WHERE agent.project_id = @project AND agent.agent_id = @id FOR UPDATE
