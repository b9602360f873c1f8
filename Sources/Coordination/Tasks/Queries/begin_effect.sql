-- Notes that a locked task's holder begins an effect, in a write that has drawn its position.
INSERT INTO task_effect (project_id, task_id, effect_key, attempt, epoch, begin_time)
SELECT @project, @task, @key, @attempt, @epoch, drawn.at FROM drawn
ON CONFLICT (project_id, task_id, effect_key) DO UPDATE
  SET attempt = excluded.attempt, epoch = excluded.epoch, begin_time = excluded.begin_time
