-- Several contexts in the order asked for, contents up to a bound: $1 project, $2 ids, $3 the bytes of
-- content and data after which only the rest of a context is returned.
WITH found AS (
  SELECT wanted.place, context.*,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place) AS bytes
  FROM unnest($2::text[]) WITH ORDINALITY AS wanted (id, place)
  JOIN context ON context.project_id = $1 AND context.context_id = wanted.id
)
SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory,
  context_life(delete_time, expire_time, purge_time, now()),
  CASE WHEN bytes <= $3 THEN content ELSE '' END, CASE WHEN bytes <= $3 THEN data ELSE '' END,
  place - 1, bytes <= $3, octet_length(content), octet_length(data)
FROM found
ORDER BY place
