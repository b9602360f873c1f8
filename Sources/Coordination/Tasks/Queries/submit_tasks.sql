-- Stores tasks in a write that has drawn its position. The turn of a fairness key comes 1,000 positions after its last one,
-- divided by its weight.
WITH placed AS (
  SELECT position, at FROM drawn
), {given_tasks}, steps AS (
  SELECT place, lane, class, priority, fairness_key, 1000 / fairness_weight AS step,
    sum(1000 / fairness_weight) OVER (PARTITION BY lane, class, priority, fairness_key ORDER BY place) AS total
  FROM given WHERE fairness_key <> ''
), moved AS (
  UPDATE task_turn SET turn = greatest(drawn.position - taken.first_step, task_turn.turn) + taken.total
  FROM drawn, (
    SELECT lane, class, priority, fairness_key, (array_agg(step ORDER BY place))[1] AS first_step, max(total)::bigint AS total
    FROM steps GROUP BY lane, class, priority, fairness_key
  ) AS taken
  WHERE task_turn.project_id = @project AND task_turn.lane = taken.lane AND task_turn.class = taken.class
    AND task_turn.priority = taken.priority AND task_turn.fairness_key = taken.fairness_key
  RETURNING task_turn.lane, task_turn.class, task_turn.priority, task_turn.fairness_key, task_turn.turn - taken.total AS base
), turned AS (
  SELECT steps.place, moved.base + steps.total::bigint AS turn
  FROM steps JOIN moved USING (lane, class, priority, fairness_key)
), stored AS (
  {store_tasks}
  RETURNING {stored_task_columns}
), {stored_tasks}, awaited AS (
  INSERT INTO task_dependency (project_id, on_task, task_id, proceeds)
  SELECT @project, item.on_task, item.task_id, item.proceeds
  FROM unnest(@awaited::text[], @waiting::text[], @proceeding::boolean[]) AS item (on_task, task_id, proceeds)
), {recording}
SELECT
