-- Gives a locked and superseded context the values of an old version in a write that has drawn its position,
-- all that clients can set, without an expiry that has passed: $1 project, $2 id, $3 version.
UPDATE context SET
  version = context.version + 1, position = drawn.position, update_time = drawn.at,
  type = old.type, status = old.status, title = old.title, media_type = old.media_type, owner = old.owner,
  session = old.session, tags = old.tags, metadata = old.metadata, content = old.content, data = old.data,
  expire_time = CASE WHEN old.expire_time > drawn.at THEN old.expire_time END, memory = old.memory
FROM drawn, context_version AS old
WHERE context.project_id = $1 AND context.context_id = $2
  AND old.project_id = $1 AND old.context_id = $2 AND old.version = $3
RETURNING context.context_id, context.version, context.position, context.create_time, context.update_time,
  context.delete_time, context.type, context.status, context.title, context.media_type, context.owner,
  context.session, context.tags, context.metadata, context.expire_time, context.purge_time, context.memory,
  context.content, context.data
