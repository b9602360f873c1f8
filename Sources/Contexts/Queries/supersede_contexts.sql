-- Keeps the present rows of locked contexts as history, valid until the write that has drawn its position:
-- $1 project, $2 ids.
INSERT INTO context_version (project_id, context_id, version, from_position, position, create_time,
  update_time, delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time,
  purge_time, content, data)
SELECT project_id, context_id, version, context.position, drawn.position, create_time, update_time,
  delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time, purge_time,
  content, data
FROM context, drawn
WHERE project_id = $1 AND context_id = ANY ($2::text[])
