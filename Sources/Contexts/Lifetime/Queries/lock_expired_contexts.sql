-- Locks contexts that have expired, in key order, and says their versions. One whose expiry was moved meanwhile is left
-- out.
SELECT context_id, version
FROM context
WHERE project_id = @project AND context_id = ANY (@ids::text[]) AND expire_time <= clock_timestamp() AND delete_time IS NULL
ORDER BY context_id
FOR UPDATE
