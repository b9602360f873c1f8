-- Tasks of a project that wait for a time which has come, the first ones first.
SELECT task_id FROM task_later
WHERE project_id = @project AND due_time <= clock_timestamp()
ORDER BY due_time LIMIT @limit
