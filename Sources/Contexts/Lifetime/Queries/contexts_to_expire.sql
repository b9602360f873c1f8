-- Some contexts that have expired, those that did so first: $1 project, $2 how many.
SELECT context_id FROM context
WHERE project_id = $1 AND expire_time <= now() AND delete_time IS NULL
ORDER BY expire_time
LIMIT $2
