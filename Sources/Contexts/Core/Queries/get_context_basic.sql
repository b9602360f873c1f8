-- One context without content and data, and whether it is deleted or purged by now: $1 project, $2 id.
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  context_life(delete_time, expire_time, purge_time, now())
FROM context
WHERE project_id = $1 AND context_id = $2
