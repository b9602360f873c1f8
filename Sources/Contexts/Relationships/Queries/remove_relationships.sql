-- Takes relationships away whose rows are kept as history: $1 project, then one element a relationship: $2
-- from, $3 kind, $4 name, $5 to, $6 valid to.
DELETE FROM relationship
USING unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[])
  AS item (from_id, kind, name, to_id, valid_to)
WHERE project_id = $1 AND relationship.from_id = item.from_id AND relationship.kind = item.kind
  AND relationship.name = item.name AND relationship.to_id = item.to_id
  AND relationship.valid_to = item.valid_to
