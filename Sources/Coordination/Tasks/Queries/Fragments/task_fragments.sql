-- What statements on tasks include. All are about rows of `task`, under no other name.

-- task_columns:
-- All of a task.
{task_outline_columns}, task.body, task.result, task.failures

-- task_outline_columns:
-- A task without what is only in its body, its result and its failures: a row of known size.
task.task_id, task.position, task.create_time, task.update_time, task.type, task.queue, task.class, task.priority,
task.session, task.schedule, task.estimate, task.timeout, task.retention, task.deadline, task.unique_key,
task.concurrency_key, task.concurrency_limit, task.fairness_key, task.fairness_weight, task.state, task.agent,
task.attempt, task.epoch, task.blocked_by, task.next_time, task.assign_time, task.start_time, task.end_time,
task.progress, {task_expiry} AS expire_time

-- task_expiry:
-- When the attempt under way has taken too long. 4, 5: ASSIGNED, RUNNING.
CASE WHEN task.state IN (4, 5) THEN (
  SELECT held.expire_time FROM task_held AS held
  WHERE held.project_id = task.project_id AND held.task_id = task.task_id
) END

-- readying:
-- Makes tasks ready to be given out: followed by `FROM task …` of those, whose state becomes QUEUED in the same write.
INSERT INTO task_ready (project_id, lane, class, priority, turn, ordinal, task_id, queue)
SELECT task.project_id, task.lane, task.class, task.priority, task.turn, task.submit_ordinal, task.task_id, task.queue

-- locked_task_columns:
-- A task as a decision about it needs it.
{task_outline_columns}, task.retry, clock_timestamp() AS now

-- task_outline_bytes:
-- Of an answer, about.
octet_length(task.type) + octet_length(task.queue) + coalesce(octet_length(task.session), 0)
  + coalesce(octet_length(task.unique_key), 0) + coalesce(octet_length(task.concurrency_key), 0)
  + octet_length(task.fairness_key) + coalesce(octet_length(task.agent), 0) + coalesce(octet_length(task.progress), 0)
  + octet_length(task.task_id) * 2 + 500
