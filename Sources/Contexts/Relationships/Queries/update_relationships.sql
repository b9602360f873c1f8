-- Changes open relationships in a write that has drawn its position: NULL where a value stays, JSON null where metadata do.
UPDATE relationship SET
  version = version + 1,
  position = drawn.position,
  update_time = drawn.at,
  valid_from = coalesce(item.valid_from, relationship.valid_from),
  weight = coalesce(item.weight, relationship.weight),
  metadata = coalesce(nullif(item.metadata, 'null'), relationship.metadata)
FROM drawn,
  unnest({relationship_keys}, @valid_begins::timestamptz[], @weights::double precision[],
    @metadata::jsonb[])
    AS item (from_id, kind, name, to_id, valid_from, weight, metadata)
WHERE project_id = @project AND relationship.from_id = item.from_id AND relationship.kind = item.kind
  AND relationship.name = item.name AND relationship.to_id = item.to_id AND valid_to = 'infinity'
