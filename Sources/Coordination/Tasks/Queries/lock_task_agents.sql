-- Locks the agents that hold tasks, in order.
SELECT agent_id FROM agent
WHERE project_id = @project AND agent_id IN (
    SELECT agent FROM task_held WHERE project_id = @project AND task_id = ANY (@ids::text[]))
ORDER BY agent_id
FOR UPDATE
