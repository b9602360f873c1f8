-- Changes several locked contexts in a write that has drawn its position, as update_context changes one, but with one
-- statement, of one element for each. Tags are JSON.
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
  unnest(@ids::text[], @titles::text[], @types::smallint[], @statuses::smallint[], @contents::text[], @data::bytea[],
    @media_types::text[], @owners::text[], @sessions::text[], @tags::jsonb[], @set_metadata::boolean[],
    @metadata::jsonb[], @set_expire_times::boolean[], @expire_times::timestamptz[], @set_memories::boolean[],
    @memories::jsonb[])
    AS item (id, title, type, status, content, data, media_type, owner, session, tags, has_metadata, metadata,
      has_expire_time, expire_time, has_memory, memory)
WHERE project_id = @project AND context_id = item.id
RETURNING {context.context_columns},
  CASE WHEN @is_full THEN context.content ELSE '' END AS content,
  CASE WHEN @is_full THEN context.data ELSE '' END AS data
