-- Stores several contexts in a write that has drawn its position, in key order, so that two such writes
-- cannot wait for each other in a ring: $1 project, then one element a context: $2 ids, $3 types, $4
-- statuses, $5 titles, $6 media types, $7 owners, $8 sessions, $9 tags as JSON, $10 metadata (JSON null for
-- none), $11 contents, $12 data, $13 expiries; of imported ones $14 create, $15 update and $16 delete times,
-- NULL for that of the write, and for none. $17 the seconds until those that come deleted are purged, $18
-- what makes them memories (JSON null for none), $19 the numbers of their versions (0 for 1), $20 whether
-- what they remember holds from this write on.
INSERT INTO context (project_id, context_id, version, position, create_time, update_time, delete_time, type,
  status, title, media_type, owner, session, tags, metadata, content, data, expire_time, purge_time, memory)
SELECT $1, item.id, greatest(item.version, 1), drawn.position, coalesce(item.create_time, drawn.at),
  coalesce(item.update_time, drawn.at), item.delete_time, item.type, item.status, item.title, item.media_type,
  item.owner, item.session, ARRAY(SELECT jsonb_array_elements_text(item.tags)),
  nullif(item.metadata, 'null'), item.content, item.data, item.expire_time,
  CASE WHEN item.delete_time IS NOT NULL THEN drawn.at + make_interval(secs => $17) END,
  CASE WHEN $20 THEN item.memory
      || jsonb_build_object('valid_from', (extract(epoch FROM drawn.at) * 1000000)::bigint)
    ELSE nullif(item.memory, 'null') END
FROM drawn,
  unnest($2::text[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::jsonb[], $10::jsonb[], $11::text[], $12::bytea[], $13::timestamptz[], $14::timestamptz[],
    $15::timestamptz[], $16::timestamptz[], $18::jsonb[], $19::bigint[])
    AS item (id, type, status, title, media_type, owner, session, tags, metadata, content, data,
      expire_time, create_time, update_time, delete_time, memory, version)
ORDER BY item.id COLLATE "C"
