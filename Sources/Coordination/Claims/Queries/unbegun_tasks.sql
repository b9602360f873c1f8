-- Tasks that an agent was given and has not begun, the oldest assignment first: as many as fit into an answer, and one at least.
-- 4: ASSIGNED.
SELECT {task_columns}
FROM (
  SELECT held.task_id, held.epoch,
    sum(octet_length(task.body)) OVER (ORDER BY held.epoch, held.task_id) - octet_length(task.body) AS before
  FROM task_held AS held JOIN task USING (project_id, task_id)
  WHERE held.project_id = @project AND held.agent = @agent AND task.state = 4
  ORDER BY held.epoch, held.task_id
  LIMIT @limit
) AS unbegun
JOIN task ON task.project_id = @project AND task.task_id = unbegun.task_id
WHERE unbegun.before < @bytes
ORDER BY unbegun.epoch, unbegun.task_id
