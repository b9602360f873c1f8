-- Some contexts that have expired, those that did so first.
SELECT context_id FROM context
WHERE project_id = @project AND expire_time <= now() AND delete_time IS NULL
ORDER BY expire_time
LIMIT @limit
