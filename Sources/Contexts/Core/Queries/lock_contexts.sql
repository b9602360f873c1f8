-- Locks contexts against other writers, in key order, and says what a write must know of each: $1 project, $2
-- ids.
SELECT context_id, version, context_life(delete_time, expire_time, purge_time, clock_timestamp()),
  octet_length(content), octet_length(data), metadata, type, memory,
  position
FROM context
WHERE project_id = $1 AND context_id = ANY ($2::text[])
ORDER BY context_id
FOR UPDATE
