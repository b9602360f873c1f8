-- What statements on contexts include: the columns of a row, each of which stands here and nowhere else.

-- context_columns:
context_id, version, position, {context_fields}

-- former_columns:
-- Of `context_past`, where `position` is the end of a version.
context_id, version, from_position AS position, {context_fields}

-- context_fields:
create_time, update_time, delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time,
purge_time, memory

-- new_columns:
-- What whoever stores a context says about it.
type, status, title, media_type, owner, session, tags, metadata, content, data, expire_time, memory

-- content_if_full:
CASE WHEN @is_full THEN content ELSE '' END AS content, CASE WHEN @is_full THEN data ELSE '' END AS data

-- context_items:
-- One element a context, of a write of several. Tags are JSON, metadata and memory JSON null for none.
unnest(@ids::text[], @types::smallint[], @statuses::smallint[], @titles::text[], @media_types::text[], @owners::text[],
    @sessions::text[], @tags::jsonb[], @metadata::jsonb[], @contents::text[], @data::bytea[],
    @expire_times::timestamptz[], @create_times::timestamptz[], @update_times::timestamptz[],
    @delete_times::timestamptz[], @memories::jsonb[], @versions::bigint[])
  AS item (id, type, status, title, media_type, owner, session, tags, metadata, content, data, expire_time,
    create_time, update_time, delete_time, memory, version)
