-- Gives locked contexts everything that a file says about them, in a write that has drawn its position: the
-- parameters are $1 to $19 of insert_contexts, where 0 means the next number, and $20 whether a record without a
-- creation time is created by this write; otherwise the time stays as it is.
UPDATE context SET
  version = greatest(context.version + 1, item.version),
  position = drawn.position,
  create_time = coalesce(item.create_time, CASE WHEN $20 THEN drawn.at ELSE context.create_time END),
  update_time = coalesce(item.update_time, drawn.at),
  delete_time = item.delete_time,
  type = item.type,
  status = item.status,
  title = item.title,
  media_type = item.media_type,
  owner = item.owner,
  session = item.session,
  tags = ARRAY(SELECT jsonb_array_elements_text(item.tags)),
  metadata = nullif(item.metadata, 'null'),
  -- What stays the same stays where it is.
  payload_from = CASE
    WHEN item.content = context.content AND item.data = context.data THEN payload_from ELSE drawn.position END,
  content = coalesce(nullif(item.content, context.content), context.content),
  data = coalesce(nullif(item.data, context.data), context.data),
  expire_time = item.expire_time,
  purge_time = CASE WHEN item.delete_time IS NOT NULL THEN drawn.at + make_interval(secs => $17) END,
  memory = nullif(item.memory, 'null')
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::jsonb[], $10::jsonb[], $11::text[], $12::bytea[], $13::timestamptz[], $14::timestamptz[],
    $15::timestamptz[], $16::timestamptz[], $18::jsonb[], $19::bigint[])
    AS item (id, type, status, title, media_type, owner, session, tags, metadata, content, data,
      expire_time, create_time, update_time, delete_time, memory, version)
WHERE project_id = $1 AND context_id = item.id
