-- One context as of a moment, and whether it was deleted or purged then: $1 project, $2 id, $3 the moment's
-- position, $4 its time, $5 whether to return content and data.
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  context_life(delete_time, expire_time, purge_time, $4),
  CASE WHEN $5 THEN content ELSE '' END, CASE WHEN $5 THEN data ELSE '' END
FROM (
  SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
    owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM context
  WHERE project_id = $1 AND context_id = $2 AND position <= $3
  UNION ALL
  (SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
    media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
  FROM context_past
  WHERE project_id = $1 AND context_id = $2 AND position > $3
  ORDER BY position
  LIMIT 1)
) AS image
WHERE position <= $3
