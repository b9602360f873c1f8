-- Locks a few relationships of contexts that are to be purged, in key order, and says their versions: $1
-- project, $2 ids, $3 how many.
SELECT from_id, kind, name, to_id, valid_to, version
FROM relationship
WHERE project_id = $1 AND (from_id = ANY ($2::text[]) OR to_id = ANY ($2::text[]))
ORDER BY from_id, kind, name, to_id, valid_to
LIMIT $3
FOR UPDATE
