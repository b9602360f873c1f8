-- Gives a locked context the values of an old version, or of the present one, in a write that has drawn its position:
-- all that clients can set, without an expiry that has passed: $1 project, $2 id, $3 version.
UPDATE context SET
  version = context.version + 1, position = drawn.position, update_time = drawn.at,
  type = old.type, status = old.status, title = old.title, media_type = old.media_type, owner = old.owner,
  session = old.session, tags = old.tags, metadata = old.metadata,
  payload_from = CASE
    WHEN old.content = context.content AND old.data = context.data THEN payload_from ELSE drawn.position END,
  content = coalesce(nullif(old.content, context.content), context.content),
  data = coalesce(nullif(old.data, context.data), context.data),
  expire_time = CASE WHEN old.expire_time > drawn.at THEN old.expire_time END, memory = old.memory
FROM drawn, (
  SELECT type, status, title, media_type, owner, session, tags, metadata, content, data, expire_time, memory
  FROM context WHERE project_id = $1 AND context_id = $2 AND version = $3
  UNION ALL
  SELECT type, status, title, media_type, owner, session, tags, metadata, content, data, expire_time, memory
  FROM context_past WHERE project_id = $1 AND context_id = $2 AND version = $3
) AS old
WHERE context.project_id = $1 AND context.context_id = $2
RETURNING context.context_id, context.version, context.position, context.create_time, context.update_time,
  context.delete_time, context.type, context.status, context.title, context.media_type, context.owner,
  context.session, context.tags, context.metadata, context.expire_time, context.purge_time, context.memory,
  context.content, context.data
