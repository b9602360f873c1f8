-- How tasks are stored, in a write with the position `placed`: expressions of a WITH in this order. Whoever uses them says in
-- `turned` which tasks have a turn of their own (`place`, `turn`).

-- given_tasks:
-- Lists within the lists are texts with U+0002 between.
given AS MATERIALIZED (
  SELECT * FROM unnest(
    @ids::text[], @types::text[], @queues::text[], @classes::smallint[], @priorities::integer[], @sessions::text[],
    @schedules::text[], @required::text[], @preferred::text[], @estimates::bigint[], @timeouts::bigint[],
    @retentions::bigint[], @deadlines::timestamptz[], @unique_keys::text[], @concurrency_keys::text[],
    @concurrency_limits::integer[], @fairness_keys::text[], @fairness_weights::integer[], @max_attempts::integer[],
    @retries::bytea[], @lanes::bytea[], @bodies::bytea[], @states::smallint[], @blocked_by::integer[],
    @next_times::timestamptz[], @task_failures::bytea[]
  ) WITH ORDINALITY AS item (
    task_id, type, queue, class, priority, session, schedule, required, preferred, estimate, timeout, retention, deadline,
    unique_key, concurrency_key, concurrency_limit, fairness_key, fairness_weight, max_attempts, retry, lane, body, state,
    blocked_by, next_time, failure, place)
)

-- store_tasks:
-- An INSERT, without what is done with conflicts and without RETURNING. States from 6 on are final.
INSERT INTO task (
  project_id, task_id, submit_position, submit_ordinal, position, create_time, update_time, type, queue, class, priority,
  session, schedule, required, preferred, estimate, timeout, retention, deadline, unique_key, concurrency_key,
  concurrency_limit, fairness_key, fairness_weight, max_attempts, retry, lane, turn, body, state, blocked_by, next_time,
  end_time, purge_time, failures)
SELECT @project, given.task_id, placed.position, given.place - 1, placed.position, placed.at, placed.at, given.type,
  given.queue, given.class, given.priority, given.session, given.schedule, string_to_array(given.required, chr(2)),
  string_to_array(given.preferred, chr(2)), given.estimate, given.timeout, given.retention, given.deadline,
  given.unique_key, given.concurrency_key, given.concurrency_limit, given.fairness_key, given.fairness_weight,
  given.max_attempts, given.retry, given.lane, coalesce(turned.turn, placed.position), given.body, given.state,
  given.blocked_by, given.next_time, CASE WHEN given.state >= 6 THEN placed.at END,
  CASE WHEN given.state >= 6 THEN placed.at + given.retention * interval '1 microsecond' END,
  CASE WHEN given.failure IS NULL THEN '{}' ELSE ARRAY[given.failure] END
FROM placed CROSS JOIN given LEFT JOIN turned USING (place)

-- stored_task_columns:
-- What {store_tasks} returns as `stored`.
project_id, task_id, submit_position, submit_ordinal, create_time, queue, class, priority, estimate, deadline, lane, turn,
state, next_time

-- stored_tasks:
-- What tasks that are `stored` have beside their rows. 2: DELAYED, 3: QUEUED.
ready AS ({readying} FROM stored AS task WHERE task.state = 3),
later AS (
  INSERT INTO task_later (project_id, task_id, due_time)
  SELECT project_id, task_id, next_time FROM stored WHERE state = 2
),
deadlines AS (
  INSERT INTO task_deadline (project_id, task_id, look_time)
  SELECT project_id, task_id, deadline - estimate * interval '1 microsecond' FROM stored
  WHERE deadline IS NOT NULL AND state < 6
),
lanes AS (
  INSERT INTO task_lane (project_id, lane, queue, required, preferred, concurrency_key, concurrency_limit)
  SELECT DISTINCT ON (lane) @project, lane, queue, string_to_array(required, chr(2)), string_to_array(preferred, chr(2)),
    concurrency_key, concurrency_limit
  FROM given ORDER BY lane
  ON CONFLICT (project_id, lane) DO NOTHING
)
