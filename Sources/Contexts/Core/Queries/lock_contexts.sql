-- Locks contexts against other writers, in key order, and says what a write must know of each.
SELECT context_id, version, context_life(delete_time, expire_time, purge_time, clock_timestamp()) AS life,
  octet_length(content) AS content_bytes, octet_length(data) AS data_bytes, metadata, type, memory, position
FROM context
WHERE project_id = @project AND context_id = ANY (@ids::text[])
ORDER BY context_id
FOR UPDATE
