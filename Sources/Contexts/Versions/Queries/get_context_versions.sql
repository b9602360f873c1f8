-- Two versions of a context, or one, with the change that made each: $1 project, $2 id, $3 a version, 0 for the
-- present one, $4 another version, 0 for the one before, NULL for none, $5 whether to return content and data. No
-- row: there is no such context; rows without an image: no such version.
WITH head AS (
  SELECT *, CASE WHEN $3 = 0 THEN version ELSE $3 END AS wanted
  FROM context
  WHERE project_id = $1 AND context_id = $2 AND (purge_time IS NULL OR purge_time > now())
)
SELECT image.context_id, image.version, image.position, image.create_time, image.update_time, image.delete_time,
  image.type, image.status, image.title, image.media_type, image.owner, image.session, image.tags,
  image.metadata, image.expire_time, image.purge_time, image.memory,
  change.action, change.at, change.principal, change.agent, change.session, change.task, change.lease, change.lease_epoch,
  change.operation, head.wanted, CASE WHEN $4 = 0 THEN head.wanted - 1 ELSE $4 END,
  context_life(head.delete_time, head.expire_time, head.purge_time, now()), head.version,
  CASE WHEN $5 THEN image.content ELSE '' END, CASE WHEN $5 THEN image.data ELSE '' END
FROM head
CROSS JOIN LATERAL (
  VALUES (head.wanted), (CASE WHEN $4 = 0 THEN head.wanted - 1 ELSE $4 END)
) AS numbers (number)
LEFT JOIN LATERAL (
  SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
    owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM context
  WHERE project_id = $1 AND context_id = $2 AND version = numbers.number
  UNION ALL
  SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
    media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM context_past
  WHERE project_id = $1 AND context_id = $2 AND version = numbers.number
  LIMIT 1
) AS image ON true
LEFT JOIN LATERAL (
  SELECT * FROM change
  WHERE project_id = $1 AND position = image.position AND kind = 'context' AND id = $2
  LIMIT 1) AS change ON true
