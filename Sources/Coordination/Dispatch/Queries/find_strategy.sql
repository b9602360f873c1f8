-- How a project's tasks are given out, where somebody has said it.
SELECT strategy, position, update_time FROM coordination_policy WHERE project_id = @project
