-- Says something of a queue, in a write that has drawn its position. A rate that is new begins with all its tokens: those left of a
-- former one are none of its own.
INSERT INTO task_queue AS said (project_id, queue, version, position, create_time, update_time, is_paused, concurrency_limit,
  rate_limit, rate_period, description)
SELECT @project, @queue, @version, drawn.position, drawn.at, drawn.at, @is_paused, @concurrency_limit, @rate_limit,
  @rate_period, @description
FROM drawn
ON CONFLICT (project_id, queue) DO UPDATE SET
  version = excluded.version,
  position = excluded.position,
  update_time = excluded.update_time,
  is_paused = excluded.is_paused,
  concurrency_limit = excluded.concurrency_limit,
  rate_limit = excluded.rate_limit,
  rate_period = excluded.rate_period,
  description = excluded.description,
  tokens_time = CASE
    WHEN (said.rate_limit, said.rate_period) IS DISTINCT FROM (excluded.rate_limit, excluded.rate_period) THEN '-infinity'
    ELSE said.tokens_time END
