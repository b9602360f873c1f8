-- Several get_context at once: $1 projects, $2 ids. Without those whose content and data are large.
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  context_life(delete_time, expire_time, purge_time, now()), content, data, wanted.place
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (project, id, place)
CROSS JOIN LATERAL (
  SELECT * FROM context
  WHERE project_id = wanted.project AND context_id = wanted.id
    AND octet_length(content) + octet_length(data) <= 65536
) AS found
