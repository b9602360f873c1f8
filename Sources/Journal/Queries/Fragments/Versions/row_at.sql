-- The rows of a wanted resource as they were at a position, none where it was not there: for a LATERAL after {wanted}.
SELECT * FROM (
  SELECT {here.row}, here.version, here.position, {here.kept} FROM {current} AS here
  WHERE here.project_id = $1 AND {here.is_wanted} AND here.position <= {position}
  UNION ALL
  (SELECT {old.row}, old.version, old.from_position, {old.kept} FROM {past} AS old
  WHERE old.project_id = $1 AND {old.is_wanted} AND old.position > {position}
  {first_or_covering})
) AS image
WHERE image.position <= {position}
