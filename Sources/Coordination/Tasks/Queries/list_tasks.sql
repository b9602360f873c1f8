-- A page of tasks in outline, the newest first, from named fragments: those that a request needs are put together in this order.
-- So many tasks are looked at for a page, whatever the filter leaves of them; the page ends early where they outgrow a bound.
-- Every row says which was the last one looked at, and how many were; where none is left there is one row without a task.

-- looked:
WITH looked AS MATERIALIZED (
  SELECT task_id, submit_position, submit_ordinal, true
-- states:
    AND state = ANY (@states::smallint[])
-- agent:
    AND agent = @agent AND agent IS NOT NULL
-- queue:
    AND queue = @queue
-- type:
    AND type = @type
-- schedule:
    AND schedule = @schedule AND schedule IS NOT NULL
-- from:
    AS is_wanted
  FROM task WHERE project_id = @project
-- session:
    AND session = @session
-- open:
    AND end_time IS NULL
-- after:
    AND (submit_position, submit_ordinal) < (@after_position, @after_ordinal)
-- page:
  ORDER BY submit_position DESC, submit_ordinal DESC
  LIMIT @looked_at
), edge AS (
  SELECT min(submit_position) AS last_position,
    (array_agg(submit_ordinal ORDER BY submit_position, submit_ordinal))[1] AS last_ordinal, count(*) AS looked_at
  FROM looked
), page AS (
  SELECT task_id, submit_position, submit_ordinal FROM looked WHERE is_wanted
  ORDER BY submit_position DESC, submit_ordinal DESC
  LIMIT @limit
), measured AS (
  SELECT task.*, count(*) OVER () AS total,
    row_number() OVER (ORDER BY page.submit_position DESC, page.submit_ordinal DESC) AS place,
    sum({task_outline_bytes}) OVER (ORDER BY page.submit_position DESC, page.submit_ordinal DESC) AS bytes
  FROM page JOIN task ON task.project_id = @project AND task.task_id = page.task_id
)
SELECT {task_outline_columns}, task.submit_position, task.submit_ordinal, task.total, edge.last_position, edge.last_ordinal,
  edge.looked_at
FROM edge LEFT JOIN measured AS task ON task.place = 1 OR task.bytes <= @bytes
ORDER BY task.place
