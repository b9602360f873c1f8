-- Changes open relationships in a write that has drawn its position: $1 project, then one element a
-- relationship: $2 from, $3 kind, $4 name, $5 to, and the new values, NULL where one stays: $6 valid from, $7
-- weight, $8 metadata (JSON null where they stay).
UPDATE relationship SET
  version = version + 1,
  position = drawn.position,
  update_time = drawn.at,
  valid_from = coalesce(item.valid_from, relationship.valid_from),
  weight = coalesce(item.weight, relationship.weight),
  metadata = coalesce(nullif(item.metadata, 'null'), relationship.metadata)
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::double precision[],
    $8::jsonb[])
    AS item (from_id, kind, name, to_id, valid_from, weight, metadata)
WHERE project_id = $1 AND relationship.from_id = item.from_id AND relationship.kind = item.kind
  AND relationship.name = item.name AND relationship.to_id = item.to_id AND valid_to = 'infinity'
