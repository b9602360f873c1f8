-- Locks some contexts that have expired, in key order: $1 project, $2 how many. One whose expiry was moved meanwhile is
-- left out.
SELECT context_id, version
FROM context
WHERE project_id = $1 AND expire_time <= clock_timestamp() AND delete_time IS NULL
  AND context_id = ANY (ARRAY(
    SELECT context_id
    FROM context
    WHERE project_id = $1 AND expire_time <= now() AND delete_time IS NULL
    ORDER BY expire_time
    LIMIT $2))
ORDER BY context_id
FOR UPDATE
