-- Tasks of a project whose deadline has come, or may no longer be kept; and those of whose end not all have been told that wait
-- for it.
SELECT task_id FROM task_deadline
WHERE project_id = @project AND look_time <= clock_timestamp()
ORDER BY look_time LIMIT @limit
