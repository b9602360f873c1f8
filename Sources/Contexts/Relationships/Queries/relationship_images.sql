-- Relationships as certain changes left them, or as they were until then when the change took them away: of each the
-- position of the change, the version that it left or took away, and whether it took it away. No row where that version is
-- no longer kept.
SELECT {image.relationship_columns}, wanted.place - 1 AS place
FROM unnest({relationship_keys}, @positions::bigint[], @versions::bigint[], @are_gone::boolean[])
  WITH ORDINALITY AS wanted (from_id, kind, name, to_id, at, version, is_gone, place)
CROSS JOIN LATERAL (
  SELECT {relationship_columns}
  FROM relationship
  WHERE project_id = @project AND from_id = wanted.from_id AND kind = wanted.kind AND name = wanted.name
    AND to_id = wanted.to_id AND position = wanted.at AND version = wanted.version AND NOT wanted.is_gone
  UNION ALL
  SELECT {former_relationship_columns}
  FROM relationship_version AS old
  WHERE project_id = @project AND from_id = wanted.from_id AND kind = wanted.kind AND name = wanted.name
    AND to_id = wanted.to_id AND old.version = wanted.version
    AND CASE WHEN wanted.is_gone THEN old.position = wanted.at ELSE old.from_position = wanted.at END
    AND old.position >= wanted.at
  LIMIT 1
) AS image
ORDER BY wanted.place
