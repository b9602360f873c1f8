-- Changes tasks that are locked, with all that they have beside their rows, in a write that has drawn its position. States: 1
-- BLOCKED, 2 DELAYED, 3 QUEUED, 4 ASSIGNED, 5 RUNNING, from 6 on final. Ends of attempts: 1 completed, 2 failed, 3 released.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(
    @ids::text[], @states::smallint[], @are_steps::boolean[], @attempts::integer[], @blocked_by::integer[],
    @next_times::timestamptz[], @starting::boolean[], @results::bytea[], @progresses::bytea[], @task_failures::bytea[],
    @attempt_ends::smallint[], @lingering::boolean[], @look_times::timestamptz[]
  ) AS item (
    task_id, state, is_step, attempt, blocked_by, next_time, starts, result, progress, failure, attempt_end, lingers,
    look_time)
), changed AS (
  UPDATE task SET
    state = given.state,
    position = CASE WHEN given.is_step THEN drawn.position ELSE task.position END,
    update_time = CASE WHEN given.is_step THEN drawn.at ELSE task.update_time END,
    attempt = given.attempt,
    blocked_by = given.blocked_by,
    next_time = given.next_time,
    start_time = CASE WHEN given.starts THEN drawn.at ELSE task.start_time END,
    end_time = CASE WHEN NOT given.is_step THEN task.end_time WHEN given.state >= 6 THEN drawn.at END,
    purge_time = CASE WHEN NOT given.is_step THEN task.purge_time
      WHEN given.state >= 6 THEN drawn.at + task.retention * interval '1 microsecond' END,
    result = coalesce(given.result, task.result),
    progress = coalesce(given.progress, task.progress),
    failures = CASE WHEN given.failure IS NULL THEN task.failures
      ELSE array_append(task.failures[greatest(cardinality(task.failures) - @kept_failures + 2, 1):], given.failure) END
  FROM drawn, given
  WHERE task.project_id = @project AND task.task_id = given.task_id
  RETURNING task.project_id, task.task_id, task.lane, task.class, task.priority, task.turn, task.submit_ordinal, task.queue,
    task.state, task.agent, task.assign_time, task.next_time, task.deadline, task.estimate, given.attempt_end, given.lingers,
    given.look_time, drawn.at
), unheld AS (
  DELETE FROM task_held USING given
  WHERE task_held.project_id = @project AND task_held.task_id = given.task_id AND given.state NOT IN (4, 5)
), unleased AS (
  DELETE FROM lease USING given
  WHERE lease.project_id = @project AND lease.lease_id = given.task_id AND given.attempt_end <> 0
), unready AS (
  DELETE FROM task_ready USING given
  WHERE task_ready.project_id = @project AND task_ready.task_id = given.task_id AND given.state <> 3
), ready AS (
  {readying} FROM changed AS task WHERE task.state = 3
  ON CONFLICT (project_id, task_id) DO NOTHING
), punctual AS (
  DELETE FROM task_later USING given
  WHERE task_later.project_id = @project AND task_later.task_id = given.task_id AND given.state <> 2
), later AS (
  INSERT INTO task_later (project_id, task_id, due_time)
  SELECT project_id, task_id, next_time FROM changed WHERE state = 2
  ON CONFLICT (project_id, task_id) DO UPDATE SET due_time = excluded.due_time
), timeless AS (
  DELETE FROM task_deadline USING given
  WHERE task_deadline.project_id = @project AND task_deadline.task_id = given.task_id AND given.state >= 6
    AND NOT given.lingers
), looks AS (
  INSERT INTO task_deadline (project_id, task_id, look_time)
  SELECT project_id, task_id, CASE WHEN lingers THEN at ELSE coalesce(look_time, deadline - estimate * interval '1 microsecond') END
  FROM changed WHERE lingers OR look_time IS NOT NULL OR deadline IS NOT NULL AND state < 4
  ON CONFLICT (project_id, task_id) DO UPDATE SET look_time = excluded.look_time
), told AS (
  DELETE FROM task_dependency
  USING unnest(@told_of::text[], @told::text[]) AS pair (on_task, task_id)
  WHERE task_dependency.project_id = @project AND task_dependency.on_task = pair.on_task
    AND task_dependency.task_id = pair.task_id
), unblocked AS (
  DELETE FROM task_dependency USING given
  WHERE task_dependency.project_id = @project AND task_dependency.task_id = given.task_id AND given.state <> 1
), agents AS (
  UPDATE agent SET
    load = agent.load - ended.count,
    completed = agent.completed + ended.completed,
    failed = agent.failed + ended.failed,
    run_time = agent.run_time + ended.run_time
  FROM (
    SELECT agent, count(*)::integer AS count, count(*) FILTER (WHERE attempt_end = 1) AS completed,
      count(*) FILTER (WHERE attempt_end = 2) AS failed,
      coalesce(sum(extract(epoch FROM at - assign_time) * 1000000) FILTER (WHERE attempt_end = 1), 0)::bigint AS run_time
    FROM changed WHERE attempt_end <> 0
    GROUP BY agent
  ) AS ended
  WHERE agent.project_id = @project AND agent.agent_id = ended.agent
), {recording}
SELECT
