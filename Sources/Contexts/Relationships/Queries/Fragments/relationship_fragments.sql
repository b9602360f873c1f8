-- What statements on relationships include.

-- relationship_columns:
from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time, weight, metadata

-- former_relationship_columns:
-- Of `relationship_version`, where `position` is the end of a version.
from_id, kind, name, to_id, valid_from, valid_to, version, from_position AS position, create_time, update_time, weight,
metadata

-- relationship_keys:
-- One element a relationship.
@sources::text[], @kinds::smallint[], @names::text[], @tos::text[]
