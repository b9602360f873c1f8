-- What is left of what queues may give out, in a write that holds the dispatch lock.
UPDATE task_queue AS queue SET tokens = spent.tokens, tokens_time = spent.at
FROM unnest(@queues::text[], @tokens::float8[], @times::timestamptz[]) AS spent (queue, tokens, at)
WHERE queue.project_id = @project AND queue.queue = spent.queue
