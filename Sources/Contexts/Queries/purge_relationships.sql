-- Deletes a few relationships of contexts that are to be purged: $1 project, $2 ids, $3 how many. They are hidden
-- since the contexts were deleted.
DELETE FROM relationship
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM relationship
  WHERE project_id = $1 AND (from_id = ANY ($2::text[]) OR to_id = ANY ($2::text[]))
  LIMIT $3))
