-- Stores relationships in a write that has drawn its position. Without a beginning they hold from now on.
INSERT INTO relationship (project_id, {relationship_columns})
SELECT @project, item.from_id, item.kind, item.name, item.to_id, coalesce(item.valid_from, drawn.at), item.valid_to,
  1, drawn.position, drawn.at, drawn.at, item.weight, nullif(item.metadata, 'null')
FROM drawn,
  unnest({relationship_keys}, @valid_begins::timestamptz[], @valid_tos::timestamptz[],
    @weights::double precision[], @metadata::jsonb[])
    AS item (from_id, kind, name, to_id, valid_from, valid_to, weight, metadata)
