-- What it takes to bring locked resources back to their state at a moment: $1 project, $2 the moment's position, $3 its
-- time, then their keys. A row for each row of a resource that was there then or is there now; see WriteBackStep.
SELECT wanted.place - 1, step.*
FROM {wanted $4}
CROSS JOIN LATERAL (
  SELECT
    CASE
      WHEN present.position <= $2 THEN 'unchanged'
      WHEN present.is_gone THEN 'gone'
      WHEN image.version IS NULL AND present.is_deleted THEN 'unchanged'
      WHEN image.version IS NULL THEN 'removed'
      WHEN present.version IS NULL AND image.is_deleted THEN 'unchanged'
      WHEN present.version IS NULL AND NOT image.may_return THEN 'gone'
      WHEN present.version IS NULL THEN 'returned'
      WHEN present.is_deleted AND NOT image.is_deleted THEN 'returned'
      WHEN image.is_deleted AND NOT present.is_deleted THEN 'deleted'
      WHEN ROW({present.compared}) IS DISTINCT FROM ROW({image.compared}) THEN 'changed'
      ELSE 'unchanged'
    END AS outcome,
    present.version, present.position, image.version AS image_version,
    coalesce(present.version, 1 + (
      SELECT last.version FROM {history} AS last
      WHERE last.project_id = $1 AND {last.is_wanted} {is_same_part}
      ORDER BY last.position DESC LIMIT 1)) + 1 AS new_version{part_of_both}{planned}
  FROM (
    SELECT here.*, {here.is_deleted_at clock_timestamp()} AS is_deleted, {here.is_gone_at clock_timestamp()} AS is_gone
    FROM {current} AS here
    WHERE here.project_id = $1 AND {here.is_wanted}
  ) AS present
  FULL JOIN (
    SELECT image.*, {image.is_deleted_at $3} AS is_deleted, {image.may_return} AS may_return
    FROM ({row_at $2}) AS image
    WHERE NOT {image.is_gone_at $3}
  ) AS image USING ({row})
) AS step
ORDER BY wanted.place
