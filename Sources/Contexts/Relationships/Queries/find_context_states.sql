-- Which contexts there are, and which of them are deleted or expired.
SELECT context_id, context_life(delete_time, expire_time, purge_time, now()) > 0 AS is_deleted FROM context
WHERE project_id = @project AND context_id = ANY (@ids::text[]) AND (purge_time IS NULL OR purge_time > now())
