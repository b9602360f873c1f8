-- Relationships as certain changes left them, or as they were until then when the change took them away: $1 project, then
-- one element a change: $2 from, $3 kind, $4 name, $5 to, $6 the position of the change, $7 the version that it left or took
-- away, $8 whether it took it away. No row where that version is no longer kept.
SELECT image.*, wanted.place - 1
FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[])
  WITH ORDINALITY AS wanted (from_id, kind, name, to_id, at, version, is_gone, place)
CROSS JOIN LATERAL (
  SELECT from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time, weight, metadata
  FROM relationship
  WHERE project_id = $1 AND from_id = wanted.from_id AND kind = wanted.kind AND name = wanted.name
    AND to_id = wanted.to_id AND position = wanted.at AND version = wanted.version AND NOT wanted.is_gone
  UNION ALL
  SELECT from_id, kind, name, to_id, valid_from, valid_to, version, from_position, create_time, update_time, weight,
    metadata
  FROM relationship_version AS old
  WHERE project_id = $1 AND from_id = wanted.from_id AND kind = wanted.kind AND name = wanted.name
    AND to_id = wanted.to_id AND old.version = wanted.version
    AND CASE WHEN wanted.is_gone THEN old.position = wanted.at ELSE old.from_position = wanted.at END
    AND old.position >= wanted.at
  LIMIT 1
) AS image
ORDER BY place
