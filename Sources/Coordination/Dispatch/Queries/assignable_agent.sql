-- An agent: as `free_agents`, in whatever state it is.
SELECT agent_id, terms, priority, max_load, load, completed, failed, run_time, assigned_position, state
FROM agent WHERE project_id = @project AND agent_id = @agent
