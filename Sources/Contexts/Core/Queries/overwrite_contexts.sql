-- Gives locked contexts everything that a file says about them, in a write that has drawn its position. The number of a
-- version that is 0 is the next one. Where @begins_now says so, a record without a creation time is created by this write;
-- otherwise the time stays as it is.
UPDATE context SET
  version = greatest(context.version + 1, item.version),
  position = drawn.position,
  create_time = coalesce(item.create_time, CASE WHEN @begins_now THEN drawn.at ELSE context.create_time END),
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
  purge_time = CASE WHEN item.delete_time IS NOT NULL THEN drawn.at + make_interval(secs => @retention) END,
  memory = nullif(item.memory, 'null')
FROM drawn, {context_items}
WHERE project_id = @project AND context_id = item.id
