-- Stores relationships in a write that has drawn its position: $1 project, then one element a relationship:
-- $2 from, $3 kind, $4 name, $5 to, $6 valid from (NULL: now), $7 valid to, $8 weight, $9 metadata (JSON null
-- for none).
INSERT INTO relationship (project_id, from_id, kind, name, to_id, valid_from, valid_to, version, position,
  create_time, update_time, weight, metadata)
SELECT $1, item.from_id, item.kind, item.name, item.to_id, coalesce(item.valid_from, drawn.at), item.valid_to,
  1, drawn.position, drawn.at, drawn.at, item.weight, nullif(item.metadata, 'null')
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
    $8::double precision[], $9::jsonb[])
    AS item (from_id, kind, name, to_id, valid_from, valid_to, weight, metadata)
