-- Keeps the present rows of relationships as history, valid until the write that has drawn its position: $1
-- project, then one element a relationship: $2 from, $3 kind, $4 name, $5 to, $6 valid to.
INSERT INTO relationship_version (project_id, from_id, kind, name, to_id, valid_from, valid_to, version,
  from_position, position, create_time, update_time, weight, metadata)
SELECT stored.project_id, stored.from_id, stored.kind, stored.name, stored.to_id, stored.valid_from,
  stored.valid_to, stored.version, stored.position, drawn.position, stored.create_time, stored.update_time,
  stored.weight, stored.metadata
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[])
    AS item (from_id, kind, name, to_id, valid_to)
  JOIN relationship AS stored USING (from_id, kind, name, to_id, valid_to)
WHERE stored.project_id = $1
