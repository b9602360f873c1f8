-- Locks contexts that have expired, in key order, and says their versions: $1 project, $2 ids. One whose expiry was moved
-- meanwhile is left out.
SELECT context_id, version
FROM context
WHERE project_id = $1 AND context_id = ANY ($2::text[]) AND expire_time <= clock_timestamp() AND delete_time IS NULL
ORDER BY context_id
FOR UPDATE
