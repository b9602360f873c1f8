-- Ends relationships in a write that has drawn its position: $1 project, then one element a relationship: $2
-- from, $3 kind, $4 name, $5 to, $6 the end that it has, $7 the end that it gets (NULL: now).
UPDATE relationship SET
  version = version + 1, position = drawn.position, update_time = drawn.at,
  valid_to = coalesce(item.ended, drawn.at)
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
    AS item (from_id, kind, name, to_id, valid_to, ended)
WHERE project_id = $1 AND relationship.from_id = item.from_id AND relationship.kind = item.kind
  AND relationship.name = item.name AND relationship.to_id = item.to_id
  AND relationship.valid_to = item.valid_to
