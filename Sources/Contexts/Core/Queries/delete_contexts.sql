-- Deletes locked contexts softly in a write that has drawn its position; they are purged @retention seconds later.
UPDATE context SET
  version = version + 1, position = drawn.position, update_time = drawn.at, delete_time = drawn.at,
  purge_time = drawn.at + make_interval(secs => @retention)
FROM drawn
WHERE project_id = @project AND context_id = ANY (@ids::text[])
RETURNING {context.context_columns},
  {content_if_full}
