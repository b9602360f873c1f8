-- The next queues that ever had a task, or of which something was said.
WITH wanted AS MATERIALIZED (
  SELECT queue
  FROM (
    (SELECT queue FROM task_figure WHERE project_id = @project AND queue > @after ORDER BY queue LIMIT @limit)
    UNION
    (SELECT queue FROM task_queue WHERE project_id = @project AND queue > @after ORDER BY queue LIMIT @limit)
  ) AS known
  ORDER BY queue LIMIT @limit
), {queue_counts}
{queues}
ORDER BY wanted.queue
