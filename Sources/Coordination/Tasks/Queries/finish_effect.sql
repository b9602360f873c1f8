-- Notes how an effect of a locked task ended, in a write that has drawn its position.
INSERT INTO task_effect (project_id, task_id, effect_key, attempt, epoch, begin_time, end_time, outcome)
SELECT @project, @task, @key, @attempt, @epoch, drawn.at, drawn.at, @outcome FROM drawn
ON CONFLICT (project_id, task_id, effect_key) DO UPDATE
  SET attempt = excluded.attempt, epoch = excluded.epoch, end_time = excluded.end_time, outcome = excluded.outcome
