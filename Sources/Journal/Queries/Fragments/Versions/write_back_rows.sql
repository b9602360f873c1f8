-- Gives locked resources the values that they had at a moment, in a write that has drawn its position: $1 project, $2 the
-- moment's position, $3 its time, $4 the kind's parameter, then the keys of the rows.
UPDATE {current} AS stored SET
  version = stored.version + 1, position = drawn.position, {written_back}
FROM drawn, {wanted_rows $5}
CROSS JOIN LATERAL (
  SELECT {old.kept}, {old.is_deleted_at $3} AS is_deleted FROM {past} AS old
  WHERE old.project_id = $1 AND {old.is_wanted_row} AND old.position > $2 AND old.from_position <= $2
  ORDER BY old.position
  LIMIT 1
) AS image
WHERE stored.project_id = $1 AND {stored.is_wanted_row}
