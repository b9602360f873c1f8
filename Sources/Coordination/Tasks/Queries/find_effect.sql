-- One effect of a task, and how many the task has: one row, of NULLs where there is no such effect.
SELECT found.attempt, found.begin_time, found.end_time, found.outcome, (
    SELECT count(*) FROM task_effect WHERE project_id = @project AND task_id = @task
  ) AS total
FROM (SELECT) AS one
LEFT JOIN task_effect AS found
  ON found.project_id = @project AND found.task_id = @task AND found.effect_key = @key
