-- Several contexts as of a moment, as get_contexts returns them: $1 project, $2 ids, $3 the bytes of content
-- and data after which only the rest of a context is returned, $4 the moment's position, $5 its time.
WITH found AS (
  SELECT wanted.place, image.*,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place) AS bytes
  FROM unnest($2::text[]) WITH ORDINALITY AS wanted (id, place)
  CROSS JOIN LATERAL (
    SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title,
      media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
    FROM context
    WHERE project_id = $1 AND context_id = wanted.id AND position <= $4
    UNION ALL
    (SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
      media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
    FROM context_past
    WHERE project_id = $1 AND context_id = wanted.id AND context_past.position > $4
    ORDER BY context_past.position
    LIMIT 1)
  ) AS image
  WHERE image.position <= $4
)
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  context_life(delete_time, expire_time, purge_time, $5),
  CASE WHEN bytes <= $3 THEN content ELSE '' END, CASE WHEN bytes <= $3 THEN data ELSE '' END,
  place - 1, bytes <= $3, octet_length(content), octet_length(data)
FROM found
ORDER BY place
