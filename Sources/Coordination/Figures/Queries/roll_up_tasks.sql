-- Adds what happened between two positions to the sums of a project, whose row is locked. 20: SUBMITTED, 26: COMPLETED,
-- 27: RETRIED, 28: FAILED, 29: CANCELLED, 40: HANDOFF_INITIATED. Field 6 is `queue`, for tasks that are gone.
WITH fresh AS MATERIALIZED (
  SELECT event.type, CASE WHEN event.type <> 40 THEN
      coalesce(task.queue, convert_from(session_event_field(event.body, 6), 'UTF8') COLLATE "C", '')
    END AS queue,
    CASE WHEN event.type = 26 AND task.state = 6 THEN
      (extract(epoch FROM task.end_time - task.assign_time) * 1000000)::bigint
    END AS run_time
  FROM coordination_event AS event
  LEFT JOIN task ON task.project_id = @project AND task.task_id = substr(event.subject, 6)
  WHERE event.project_id = @project AND event.position > @after AND event.position <= @through
    AND event.type IN (20, 26, 27, 28, 29, 40)
), figures AS (
  INSERT INTO task_figure AS figure (project_id, queue, submitted, completed, failed, cancelled, retried, timed, run_time)
  SELECT @project, queue, count(*) FILTER (WHERE type = 20), count(*) FILTER (WHERE type = 26),
    count(*) FILTER (WHERE type = 28), count(*) FILTER (WHERE type = 29), count(*) FILTER (WHERE type = 27),
    count(run_time), coalesce(sum(run_time), 0)
  FROM fresh WHERE type <> 40 GROUP BY queue
  ON CONFLICT (project_id, queue) DO UPDATE SET
    submitted = figure.submitted + excluded.submitted,
    completed = figure.completed + excluded.completed,
    failed = figure.failed + excluded.failed,
    cancelled = figure.cancelled + excluded.cancelled,
    retried = figure.retried + excluded.retried,
    timed = figure.timed + excluded.timed,
    run_time = figure.run_time + excluded.run_time
)
UPDATE coordination_rollup SET
  position = @through,
  handoffs = handoffs + (SELECT count(*) FROM fresh WHERE type = 40)
WHERE project_id = @project
