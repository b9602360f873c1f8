-- Ends memories that are locked and superseded, in a write that has drawn its position: $1 project, $2 ids.
UPDATE context SET
  version = version + 1, position = drawn.position, update_time = drawn.at,
  memory = coalesce(memory, '{}')
    || jsonb_build_object('valid_to', (extract(epoch FROM drawn.at) * 1000000)::bigint)
FROM drawn
WHERE project_id = $1 AND context_id = ANY ($2::text[])
RETURNING context_id, version, context.position, create_time, update_time, delete_time, type, status, title,
  media_type, owner, session, tags, metadata, expire_time, purge_time, memory
