-- Ends memories that are locked and superseded, in a write that has drawn its position.
UPDATE context SET
  version = version + 1, position = drawn.position, update_time = drawn.at,
  memory = coalesce(memory, '{}')
    || jsonb_build_object('valid_to', (extract(epoch FROM drawn.at) * 1000000)::bigint)
FROM drawn
WHERE project_id = @project AND context_id = ANY (@ids::text[])
RETURNING {context.context_columns}
