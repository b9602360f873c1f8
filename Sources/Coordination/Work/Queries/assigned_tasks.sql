-- The tasks that an agent was given after one of them, in order, no more than fit.
SELECT {task_columns}, page.total
FROM (
  SELECT held.project_id, held.task_id, held.epoch, count(*) OVER () AS total, row_number() OVER assigned AS place,
    sum(octet_length(task.body)) OVER assigned AS bytes
  FROM task_held AS held JOIN task ON task.project_id = held.project_id AND task.task_id = held.task_id
  WHERE held.project_id = @project AND held.agent = @agent AND held.epoch >= @epoch
    AND (held.epoch, held.task_id) > (@epoch, @after)
  WINDOW assigned AS (ORDER BY held.epoch, held.task_id)
  ORDER BY held.epoch, held.task_id
  LIMIT @limit
) AS page
JOIN task ON task.project_id = page.project_id AND task.task_id = page.task_id
WHERE page.place = 1 OR page.bytes <= @bytes
ORDER BY page.epoch, page.task_id
