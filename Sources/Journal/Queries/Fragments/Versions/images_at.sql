-- Resources as they were at a position: $1 project, $2 position, then their keys. No row for one that was not there.
SELECT {image.row}, image.version, image.position, {image.kept}, wanted.place - 1
FROM {wanted $3}
CROSS JOIN LATERAL ({row_at $2}) AS image
ORDER BY wanted.place
