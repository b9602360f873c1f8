-- Gives tasks to agents, in a write that holds the dispatch lock and has drawn its position. A task that is queued no longer, or that
-- somebody changes at this moment, is left out.
WITH wish AS (
  SELECT * FROM unnest(@tasks::text[], @agents::text[], @bodies::bytea[]) AS wish (task_id, agent, body)
), locked AS MATERIALIZED (
  SELECT task.task_id FROM task
  WHERE task.project_id = @project AND task.task_id = ANY (@tasks::text[]) AND task.state = 3
  ORDER BY task.task_id
  FOR UPDATE SKIP LOCKED
), agents AS MATERIALIZED (
  SELECT agent_id FROM agent
  WHERE project_id = @project AND agent_id = ANY (@agents::text[])
  ORDER BY agent_id
  FOR UPDATE
), assigned AS (
  UPDATE task SET state = 4, agent = wish.agent, attempt = task.attempt + 1, epoch = drawn.position,
    position = drawn.position, update_time = drawn.at, assign_time = drawn.at, start_time = NULL, progress = NULL,
    next_time = NULL
  FROM drawn, wish JOIN locked USING (task_id)
  WHERE task.project_id = @project AND task.task_id = wish.task_id
    AND wish.agent IN (SELECT agent_id FROM agents)
  RETURNING task.task_id, task.agent, task.epoch, task.queue, task.concurrency_key, task.session,
    drawn.at + task.timeout * interval '1 microsecond' AS expire_time, wish.body, drawn.at
), unready AS (
  DELETE FROM task_ready USING assigned
  WHERE task_ready.project_id = @project AND task_ready.task_id = assigned.task_id
), held AS (
  INSERT INTO task_held (project_id, task_id, agent, epoch, queue, concurrency_key, session, expire_time)
  SELECT @project, task_id, agent, epoch, queue, concurrency_key, session, expire_time FROM assigned
), leased AS (
  INSERT INTO lease (project_id, lease_id, epoch, holder, until)
  SELECT @project, task_id, epoch, agent, 'infinity' FROM assigned
  ON CONFLICT (project_id, lease_id) DO UPDATE
    SET epoch = excluded.epoch, holder = excluded.holder, until = excluded.until
), loaded AS (
  UPDATE agent SET load = agent.load + given.count, assigned_position = given.epoch
  FROM (SELECT agent, epoch, count(*)::integer AS count FROM assigned GROUP BY agent, epoch) AS given
  WHERE agent.project_id = @project AND agent.agent_id = given.agent
), recorded AS (
  INSERT INTO coordination_event (project_id, position, ordinal, at, {provenance_columns}, type, subject, body)
  SELECT @project, epoch, row_number() OVER (ORDER BY task_id) - 1, at, {provenance}, 22, 'task/' || task_id, body
  FROM assigned
)
SELECT task_id, agent FROM assigned
