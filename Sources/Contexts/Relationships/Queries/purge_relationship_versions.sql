-- Deletes a few former rows of relationships of contexts that are to be purged: $1 project, $2 ids, $3 how
-- many. Found by either end, as in lock_purged_relationships.
WITH chosen AS MATERIALIZED (
  SELECT joined.*
  FROM unnest($2::text[]) AS purged (id)
  CROSS JOIN LATERAL (
    (SELECT from_id, kind, name, to_id, position FROM relationship_version
    WHERE project_id = $1 AND from_id = purged.id
    ORDER BY kind, name, to_id, position
    LIMIT $3)
    UNION ALL
    (SELECT from_id, kind, name, to_id, position FROM relationship_version
    WHERE project_id = $1 AND to_id = purged.id
    ORDER BY kind, name, from_id, position
    LIMIT $3)
  ) AS joined
  LIMIT $3
)
DELETE FROM relationship_version AS old
USING chosen
WHERE old.project_id = $1 AND old.from_id = chosen.from_id AND old.kind = chosen.kind
  AND old.name = chosen.name AND old.to_id = chosen.to_id AND old.position = chosen.position
