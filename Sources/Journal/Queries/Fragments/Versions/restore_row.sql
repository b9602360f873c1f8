-- Gives a locked resource the values of one of its versions, the present one included, in a write that has drawn its
-- position: $1 project, $2 version, $3 the kind's parameter, then the key of its row. No row where that version is not kept.
UPDATE {current} AS stored SET
  version = stored.version + 1, position = drawn.position, {restored}
FROM drawn, {wanted_rows $4}
CROSS JOIN LATERAL (
  SELECT {here.kept} FROM {current} AS here
  WHERE here.project_id = $1 AND {here.is_wanted_row} AND here.version = $2
  UNION ALL
  SELECT {old.kept} FROM {past} AS old
  WHERE old.project_id = $1 AND {old.is_wanted_row} AND old.version = $2
  LIMIT 1
) AS image
WHERE stored.project_id = $1 AND {stored.is_wanted_row}
RETURNING {stored.row}, stored.version, stored.position, {stored.kept}
