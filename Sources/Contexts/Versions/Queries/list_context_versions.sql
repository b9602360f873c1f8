-- A page of a context's versions, the newest first, with the change that made each: $1 project, $2 id, $3 the
-- position of the version that the page follows, $4 how many, $5 the bytes of content and data after which
-- only the rest of a version is returned.
WITH head AS (
  SELECT * FROM context
  WHERE project_id = $1 AND context_id = $2 AND (purge_time IS NULL OR purge_time > now())
), page AS (
  SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title,
    media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM head WHERE position < $3
  UNION ALL
  (SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
    media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM context_past
  WHERE project_id = $1 AND context_id = $2 AND position <= $3 AND EXISTS (SELECT FROM head)
  ORDER BY context_past.position DESC
  LIMIT $4)
), measured AS (
  SELECT *,
    coalesce(
      sum(octet_length(content) + octet_length(data))
        OVER (ORDER BY position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
  FROM page
  ORDER BY position DESC
  LIMIT $4
)
SELECT context_id, version, measured.position, create_time, update_time, delete_time, type, status, title,
  media_type, owner, measured.session, tags, metadata, expire_time, purge_time, memory,
  change.action, change.at, change.principal, change.agent, change.session, change.task, change.lease, change.lease_epoch,
  change.operation, bytes_before < $5,
  CASE WHEN bytes_before < $5 THEN content ELSE '' END, CASE WHEN bytes_before < $5 THEN data ELSE '' END
FROM measured
LEFT JOIN LATERAL (
  SELECT * FROM change
  WHERE project_id = $1 AND position = measured.position AND kind = 'context' AND id = $2
  LIMIT 1) AS change ON true
ORDER BY measured.position DESC
