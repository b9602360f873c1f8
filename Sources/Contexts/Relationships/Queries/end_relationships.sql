-- Ends relationships in a write that has drawn its position; without an end they end now.
UPDATE relationship SET
  version = version + 1, position = drawn.position, update_time = drawn.at,
  valid_to = coalesce(item.ended, drawn.at)
FROM drawn,
  unnest({relationship_keys}, @valid_tos::timestamptz[], @ends::timestamptz[])
    AS item (from_id, kind, name, to_id, valid_to, ended)
WHERE project_id = @project AND relationship.from_id = item.from_id AND relationship.kind = item.kind
  AND relationship.name = item.name AND relationship.to_id = item.to_id
  AND relationship.valid_to = item.valid_to
