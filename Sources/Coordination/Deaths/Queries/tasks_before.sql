-- What an agent holds since before a position: some of it.
SELECT task_id, epoch FROM task_held
WHERE project_id = @project AND agent = @agent AND epoch < @before
ORDER BY epoch
LIMIT @limit
