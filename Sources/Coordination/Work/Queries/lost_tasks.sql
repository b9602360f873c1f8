-- What became of tasks that an agent held: where they stand, and how their last attempt failed.
SELECT task.task_id, task.state, task.epoch, task.failures[cardinality(task.failures)] AS failure
FROM task WHERE task.project_id = @project AND task.task_id = ANY (@tasks::text[])
