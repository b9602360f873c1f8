-- Keeps the present rows of locked contexts as history, valid until the write that has drawn its position:
-- $1 project, $2 ids. The words go along, so that searches of the past find them.
INSERT INTO context_version (project_id, context_id, version, from_position, position, create_time,
  update_time, delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time,
  purge_time, memory, content, data, number, words)
SELECT project_id, context_id, version, context.position, drawn.position, create_time, update_time,
  delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time, purge_time,
  memory, content, data, number, (
    SELECT words FROM context_text
    WHERE context_text.project_id = context.project_id AND context_text.number = context.number)
FROM context, drawn
WHERE project_id = $1 AND context_id = ANY ($2::text[])
