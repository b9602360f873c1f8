-- What statements about queues include.

-- queue_settings:
version, position, create_time, update_time, is_paused, concurrency_limit, rate_limit, rate_period, description

-- queue_counts:
-- Of the queues `wanted` the tasks that have not ended. One pass over all that wait for an agent, because these have no index by
-- queue: it would cost each task more than it saves here. 1: BLOCKED, 2: DELAYED.
ready AS MATERIALIZED (
  SELECT queue, count(*) AS tasks, min(turn) AS turn
  FROM (SELECT queue, turn FROM task_ready WHERE project_id = @project LIMIT @ready_bound) AS counted
  GROUP BY queue
), unready AS MATERIALIZED (
  SELECT queue, count(*) AS tasks, count(*) FILTER (WHERE state = 2) AS delayed, count(*) FILTER (WHERE state = 1) AS blocked
  FROM (
    SELECT queue, state FROM task
    WHERE project_id = @project AND queue = ANY (ARRAY(SELECT queue FROM wanted))
      AND end_time IS NULL AND (blocked_by > 0 OR next_time IS NOT NULL)
    LIMIT @unready_bound
  ) AS counted
  GROUP BY queue
), held AS MATERIALIZED (
  SELECT queue, count(*) AS tasks FROM task_held
  WHERE project_id = @project AND queue = ANY (ARRAY(SELECT queue FROM wanted))
  GROUP BY queue
)

-- queues:
-- The queues `wanted` with what was said of them and how their tasks stand.
SELECT wanted.queue, {said.queue_settings}, coalesce(ready.tasks, 0) AS waiting, coalesce(unready.delayed, 0) AS delayed,
  coalesce(unready.blocked, 0) AS blocked, coalesce(held.tasks, 0) AS active, coalesce(figure.submitted, 0) AS submitted,
  coalesce(figure.completed, 0) AS completed, coalesce(figure.failed, 0) AS failed,
  coalesce(figure.cancelled, 0) AS cancelled, coalesce(figure.retried, 0) AS retried,
  (
    SELECT first.create_time FROM task AS first
    WHERE first.project_id = @project AND first.submit_position <= ready.turn
    ORDER BY first.submit_position DESC, first.submit_ordinal DESC LIMIT 1
  ) AS oldest_waiting_time,
  coalesce((SELECT sum(tasks) FROM ready), 0) >= @ready_bound
    OR coalesce((SELECT sum(tasks) FROM unready), 0) >= @unready_bound AS is_lower_bound
FROM wanted
LEFT JOIN task_queue AS said ON said.project_id = @project AND said.queue = wanted.queue
LEFT JOIN task_figure AS figure ON figure.project_id = @project AND figure.queue = wanted.queue
LEFT JOIN ready ON ready.queue = wanted.queue
LEFT JOIN unready ON unready.queue = wanted.queue
LEFT JOIN held ON held.queue = wanted.queue
