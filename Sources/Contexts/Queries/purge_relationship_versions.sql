-- Deletes a few former rows of relationships of contexts that are to be purged: $1 project, $2 ids, $3 how
-- many.
DELETE FROM relationship_version AS old
USING (
  SELECT from_id, kind, name, to_id, position FROM relationship_version
  WHERE project_id = $1 AND (from_id = ANY ($2::text[]) OR to_id = ANY ($2::text[]))
  LIMIT $3
) AS chosen
WHERE old.project_id = $1 AND old.from_id = chosen.from_id AND old.kind = chosen.kind
  AND old.name = chosen.name AND old.to_id = chosen.to_id AND old.position = chosen.position
