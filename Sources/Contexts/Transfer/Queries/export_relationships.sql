-- A page of relationships as they were at a position: $1 project, $2 the position, $3 to $7 from, kind, name,
-- to and end of the last one of the page before, $8 how many.
SELECT from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time, weight,
  metadata
FROM (
  (SELECT from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time,
    weight, metadata
  FROM relationship
  WHERE project_id = $1 AND position <= $2
    AND (from_id, kind, name, to_id, valid_to) > ($3, $4::smallint, $5, $6, $7)
  ORDER BY from_id, kind, name, to_id, valid_to
  LIMIT $8)
  UNION ALL
  (SELECT from_id, kind, name, to_id, valid_from, valid_to, version, from_position, create_time, update_time,
    weight, metadata
  FROM relationship_version
  WHERE project_id = $1 AND position > $2 AND from_position <= $2
    AND (from_id, kind, name, to_id, valid_to) > ($3, $4::smallint, $5, $6, $7)
  ORDER BY from_id, kind, name, to_id, valid_to
  LIMIT $8)
) AS found
ORDER BY from_id, kind, name, to_id, valid_to
LIMIT $8
