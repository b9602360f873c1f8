-- Two versions of a context, or one, with the change that made each: @version, 0 for the present one, and @other, 0 for the
-- one before, NULL for none. No row: there is no such context; rows without an image: no such version.
WITH head AS (
  SELECT *, CASE WHEN @version = 0 THEN version ELSE @version END AS wanted
  FROM context
  WHERE project_id = @project AND context_id = @id AND (purge_time IS NULL OR purge_time > now())
)
SELECT {image.context_columns},
  change.action, change.at, change.principal, change.agent, change.session AS by_session, change.task, change.lease,
  change.lease_epoch, change.operation, head.wanted, CASE WHEN @other = 0 THEN head.wanted - 1 ELSE @other END AS other,
  context_life(head.delete_time, head.expire_time, head.purge_time, now()) AS life,
  CASE WHEN @is_full THEN image.content ELSE '' END AS content, CASE WHEN @is_full THEN image.data ELSE '' END AS data
FROM head
CROSS JOIN LATERAL (
  VALUES (head.wanted), (CASE WHEN @other = 0 THEN head.wanted - 1 ELSE @other END)
) AS numbers (number)
LEFT JOIN LATERAL (
  SELECT {context_columns}, content, data
  FROM context
  WHERE project_id = @project AND context_id = @id AND version = numbers.number
  UNION ALL
  SELECT {former_columns}, content, data
  FROM context_past
  WHERE project_id = @project AND context_id = @id AND version = numbers.number
  LIMIT 1
) AS image ON true
LEFT JOIN LATERAL (
  SELECT * FROM change
  WHERE project_id = @project AND position = image.position AND kind = 'context' AND id = @id
  LIMIT 1) AS change ON true
