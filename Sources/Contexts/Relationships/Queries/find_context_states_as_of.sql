-- Which contexts there were at a moment, and which of them were deleted or expired: $1 project, $2 ids, $3
-- the moment's position, $4 its time.
SELECT context_id, context_life(delete_time, expire_time, purge_time, $4) > 0
FROM unnest($2::text[]) AS wanted (id)
CROSS JOIN LATERAL (
  SELECT context_id, position, delete_time, expire_time, purge_time FROM context
  WHERE project_id = $1 AND context_id = wanted.id
  UNION ALL
  (SELECT context_id, from_position, delete_time, expire_time, purge_time FROM context_version AS old
  WHERE project_id = $1 AND context_id = wanted.id AND old.position > $3
  ORDER BY old.position
  LIMIT 1)
) AS image
WHERE image.position <= $3
