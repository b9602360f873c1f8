-- One context: $1 project, $2 id.
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, content, data
FROM context
WHERE project_id = $1 AND context_id = $2
