-- Brings locked contexts back in a write that has drawn its position, without an expiry that has passed: $1
-- project, $2 ids, $3 whether to return content and data.
UPDATE context SET
  version = version + 1, position = drawn.position, update_time = drawn.at, delete_time = NULL,
  purge_time = NULL, expire_time = CASE WHEN expire_time > drawn.at THEN expire_time END
FROM drawn
WHERE project_id = $1 AND context_id = ANY ($2::text[])
RETURNING context_id, version, context.position, create_time, update_time, delete_time, type, status, title,
  media_type, owner, session, tags, metadata, expire_time, purge_time, memory,
  CASE WHEN $3 THEN content ELSE '' END, CASE WHEN $3 THEN data ELSE '' END
