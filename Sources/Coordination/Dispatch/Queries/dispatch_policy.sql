-- How a project's tasks are given out, and what time it is.
SELECT coalesce((SELECT strategy FROM coordination_policy WHERE project_id = @project), 0::smallint) AS strategy,
  clock_timestamp() AS now
