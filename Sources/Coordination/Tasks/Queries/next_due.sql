-- When the next task of a project comes due, and the time now.
SELECT least(
    (SELECT min(due_time) FROM task_later WHERE project_id = @project),
    (SELECT min(look_time) FROM task_deadline WHERE project_id = @project)
  ) AS due, clock_timestamp() AS now
