-- What statements on sessions include: the columns of a row, each of which stands here and nowhere else.

-- session_columns:
session_id, version, position, {session_fields}

-- former_session_columns:
-- Of `session_version`, where `position` is the end of a version.
session_id, version, from_position AS position, {session_fields}

-- session_fields:
create_time, update_time, delete_time, end_time, state, outcome, title, owner, agents, entities, metadata, ttl,
max_events, checkpoint_interval, checkpoint_id, parent, fork_sequence

-- head_columns:
last_sequence, last_event_time, expire_time

-- session_bytes:
-- Of an answer, about.
octet_length(agents::text) + octet_length(entities::text) + coalesce(octet_length(metadata::text), 0) + 1000
