-- Brings locked contexts back in a write that has drawn its position, without an expiry that has passed.
UPDATE context SET
  version = version + 1, position = drawn.position, update_time = drawn.at, delete_time = NULL,
  purge_time = NULL, expire_time = CASE WHEN expire_time > drawn.at THEN expire_time END
FROM drawn
WHERE project_id = @project AND context_id = ANY (@ids::text[])
RETURNING {context.context_columns},
  {content_if_full}
