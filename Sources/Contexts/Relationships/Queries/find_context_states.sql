-- Which contexts there are, and which of them are deleted or expired: $1 project, $2 ids.
SELECT context_id, context_life(delete_time, expire_time, purge_time, now()) > 0 FROM context
WHERE project_id = $1 AND context_id = ANY ($2::text[]) AND (purge_time IS NULL OR purge_time > now())
