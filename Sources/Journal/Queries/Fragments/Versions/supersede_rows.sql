-- Keeps the present rows of resources as history, valid until the write that has drawn its position: $1 project, then
-- the keys of the rows.
INSERT INTO {history} ({identity}, {kept}, version, from_position, position)
SELECT {stored.identity}, {stored.kept}, stored.version, stored.position, drawn.position
FROM drawn, {wanted_rows $2}
CROSS JOIN LATERAL (
  SELECT * FROM {current} AS here
  WHERE here.project_id = $1 AND {here.is_wanted_row}
  LIMIT 1
) AS stored
