-- Several contexts without content and data, as get_contexts returns them, in any order: $1 project, $2 ids. The limit
-- makes each a look into the index, whatever the planner expects.
SELECT found.*, wanted.place - 1
FROM unnest($2::text[]) WITH ORDINALITY AS wanted (id, place)
CROSS JOIN LATERAL (
  SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title, media_type,
    owner, session, tags, metadata, expire_time, purge_time, memory,
    context_life(delete_time, expire_time, purge_time, now()), NULL::text, NULL::bytea
  FROM context
  WHERE project_id = $1 AND context_id = wanted.id
  LIMIT 1
) AS found
