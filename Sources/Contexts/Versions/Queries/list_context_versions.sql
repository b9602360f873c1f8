-- A page of a context's versions, the newest first, with the change that made each: those before a position. Once contents
-- and data have more than @bytes together, only the rest of a version is returned.
WITH head AS (
  SELECT * FROM context
  WHERE project_id = @project AND context_id = @id AND (purge_time IS NULL OR purge_time > now())
), page AS (
  SELECT {context_columns}, content, data
  FROM head WHERE position < @before
  UNION ALL
  (SELECT {former_columns}, content, data
  FROM context_past
  WHERE project_id = @project AND context_id = @id AND position <= @before AND EXISTS (SELECT FROM head)
  ORDER BY context_past.position DESC
  LIMIT @limit)
), measured AS (
  SELECT *,
    coalesce(
      sum(octet_length(content) + octet_length(data))
        OVER (ORDER BY position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
  FROM page
  ORDER BY position DESC
  LIMIT @limit
)
SELECT {measured.context_columns},
  change.action, change.at, change.principal, change.agent, change.session AS by_session, change.task, change.lease,
  change.lease_epoch, change.operation, bytes_before < @bytes AS is_whole,
  CASE WHEN bytes_before < @bytes THEN content ELSE '' END AS content,
  CASE WHEN bytes_before < @bytes THEN data ELSE '' END AS data
FROM measured
LEFT JOIN LATERAL (
  SELECT * FROM change
  WHERE project_id = @project AND position = measured.position AND kind = 'context' AND id = @id
  LIMIT 1) AS change ON true
ORDER BY measured.position DESC
