-- Changes one locked context in a write that has drawn its position. NULL where a field stays; those that may become NULL
-- are set where @sets_… says so.
UPDATE context SET
  version = version + 1,
  position = drawn.position,
  update_time = drawn.at,
  title = coalesce(@title, title),
  type = coalesce(@type::smallint, type),
  status = coalesce(@status::smallint, status),
  -- What stays the same stays where it is.
  payload_from =
    CASE WHEN nullif(@content, content) IS NULL AND nullif(@data, data) IS NULL THEN payload_from ELSE drawn.position END,
  content = coalesce(nullif(@content, content), content),
  data = coalesce(nullif(@data, data), data),
  media_type = coalesce(@media_type, media_type),
  owner = coalesce(@owner, owner),
  session = coalesce(@session, session),
  tags = coalesce(@tags, tags),
  metadata = CASE WHEN @sets_metadata THEN @metadata ELSE metadata END,
  expire_time = CASE WHEN @sets_expire_time THEN @expire_time ELSE expire_time END,
  memory = CASE WHEN @sets_memory THEN @memory ELSE memory END
FROM drawn
WHERE project_id = @project AND context_id = @id
RETURNING {context.context_columns},
  {content_if_full}
