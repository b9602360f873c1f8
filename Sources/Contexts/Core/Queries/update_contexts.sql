-- Changes several locked contexts in a write that has drawn its position, as update_context changes one, but with one
-- statement: $1 project, $2 whether to return content and data, then one element a context: $3 ids, and the new values,
-- NULL where one stays: $4 titles, $5 types, $6 statuses, $7 contents, $8 data, $9 media types, $10 owners, $11
-- sessions, $12 tags as JSON; the metadata become $14 where $13 says so, the expiry $16 where $15 does, and what makes it
-- a memory $18 where $17 does.
UPDATE context SET
  version = context.version + 1,
  position = drawn.position,
  update_time = drawn.at,
  title = coalesce(item.title, context.title),
  type = coalesce(item.type, context.type),
  status = coalesce(item.status, context.status),
  -- What stays the same stays where it is.
  payload_from = CASE
    WHEN nullif(item.content, context.content) IS NULL AND nullif(item.data, context.data) IS NULL THEN payload_from
    ELSE drawn.position END,
  content = coalesce(nullif(item.content, context.content), context.content),
  data = coalesce(nullif(item.data, context.data), context.data),
  media_type = coalesce(item.media_type, context.media_type),
  owner = coalesce(item.owner, context.owner),
  session = coalesce(item.session, context.session),
  tags = CASE
    WHEN item.tags IS NULL THEN context.tags ELSE ARRAY(SELECT jsonb_array_elements_text(item.tags)) END,
  metadata = CASE WHEN item.has_metadata THEN item.metadata ELSE context.metadata END,
  expire_time = CASE WHEN item.has_expire_time THEN item.expire_time ELSE context.expire_time END,
  memory = CASE WHEN item.has_memory THEN item.memory ELSE context.memory END
FROM drawn,
  unnest($3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::text[], $8::bytea[], $9::text[], $10::text[],
    $11::text[], $12::jsonb[], $13::boolean[], $14::jsonb[], $15::boolean[], $16::timestamptz[], $17::boolean[],
    $18::jsonb[])
    AS item (id, title, type, status, content, data, media_type, owner, session, tags, has_metadata, metadata,
      has_expire_time, expire_time, has_memory, memory)
WHERE project_id = $1 AND context_id = item.id
RETURNING context.context_id, context.version, context.position, context.create_time, context.update_time,
  context.delete_time, context.type, context.status, context.title, context.media_type, context.owner,
  context.session, context.tags, context.metadata, context.expire_time, context.purge_time, context.memory,
  CASE WHEN $2 THEN context.content ELSE '' END, CASE WHEN $2 THEN context.data ELSE '' END
