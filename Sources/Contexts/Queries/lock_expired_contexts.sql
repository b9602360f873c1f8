-- Locks some contexts that have expired, in key order: $1 project, $2 how many, $3 the bytes of content and
-- data after which no more are taken, for they are copied into the history. One whose expiry was moved
-- meanwhile is left out.
SELECT context_id, version
FROM context
WHERE project_id = $1 AND expire_time <= clock_timestamp() AND delete_time IS NULL
  AND context_id = ANY (ARRAY(
    SELECT context_id
    FROM (
      SELECT context_id,
        sum(bytes) OVER (ORDER BY expire_time, context_id) - bytes AS bytes_before
      FROM (
        SELECT context_id, expire_time, octet_length(content) + octet_length(data) AS bytes
        FROM context
        WHERE project_id = $1 AND expire_time <= now() AND delete_time IS NULL
        ORDER BY expire_time
        LIMIT $2
      ) AS due
    ) AS measured
    WHERE bytes_before < $3))
ORDER BY context_id
FOR UPDATE
