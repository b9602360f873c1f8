-- Deletes a few former rows of relationships of contexts that are to be purged. Found by either end, as in
-- lock_purged_relationships.
WITH chosen AS MATERIALIZED (
  SELECT joined.*
  FROM unnest(@ids::text[]) AS purged (id)
  CROSS JOIN LATERAL (
    (SELECT from_id, kind, name, to_id, position FROM relationship_version
    WHERE project_id = @project AND from_id = purged.id
    ORDER BY kind, name, to_id, position
    LIMIT @limit)
    UNION ALL
    (SELECT from_id, kind, name, to_id, position FROM relationship_version
    WHERE project_id = @project AND to_id = purged.id
    ORDER BY kind, name, from_id, position
    LIMIT @limit)
  ) AS joined
  LIMIT @limit
)
DELETE FROM relationship_version AS old
USING chosen
WHERE old.project_id = @project AND old.from_id = chosen.from_id AND old.kind = chosen.kind
  AND old.name = chosen.name AND old.to_id = chosen.to_id AND old.position = chosen.position
