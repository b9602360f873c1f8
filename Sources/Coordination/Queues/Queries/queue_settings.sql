-- What was said of a queue. Read behind the dispatch lock, which whoever says something of it holds.
SELECT queue, {queue_settings} FROM task_queue WHERE project_id = @project AND queue = @queue
