-- Stores resources again that were removed since a moment, in a write that has drawn its position: $1 project, $2 the
-- moment's position, then the keys of the rows and the number of the version that each becomes.
INSERT INTO {current} ({identity}, version, position, {kept})
SELECT {image.identity}, wanted.number, drawn.position, {returned}
FROM drawn, {wanted_rows $3 number}
CROSS JOIN LATERAL (
  SELECT {old.identity}, {old.kept} FROM {past} AS old
  WHERE old.project_id = $1 AND {old.is_wanted_row} AND old.position > $2 AND old.from_position <= $2
  ORDER BY old.position
  LIMIT 1
) AS image
ORDER BY {image.row}
