-- Contexts as certain changes left them, contents up to a bound: $1 project, $2 ids, $3 the position of each
-- change, $4 the bytes of content and data after which only the rest of a context is returned. No row where
-- that version is no longer kept.
WITH found AS (
  SELECT wanted.place, image.*,
    coalesce(
      sum(octet_length(content) + octet_length(data))
        OVER (ORDER BY wanted.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
  FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS wanted (id, at, place)
  CROSS JOIN LATERAL (
    SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title,
      media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
    FROM context
    WHERE project_id = $1 AND context_id = wanted.id AND position = wanted.at
    UNION ALL
    (SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
      media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
    FROM context_past
    WHERE project_id = $1 AND context_id = wanted.id AND context_past.position > wanted.at
    ORDER BY context_past.position
    LIMIT 1)
  ) AS image
  WHERE image.position = wanted.at
)
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  CASE WHEN bytes_before < $4 THEN content ELSE '' END, CASE WHEN bytes_before < $4 THEN data ELSE '' END,
  place - 1, bytes_before < $4
FROM found
ORDER BY place
