-- Which contexts there were at a moment, and which of them were deleted or expired.
SELECT context_id, context_life(delete_time, expire_time, purge_time, @time) > 0 AS is_deleted
FROM unnest(@ids::text[]) AS wanted (id)
CROSS JOIN LATERAL (
  SELECT context_id, position, delete_time, expire_time, purge_time FROM context
  WHERE project_id = @project AND context_id = wanted.id
  UNION ALL
  (SELECT context_id, from_position, delete_time, expire_time, purge_time FROM context_version AS old
  WHERE project_id = @project AND context_id = wanted.id AND old.position > @position
  ORDER BY old.position
  LIMIT 1)
) AS image
WHERE image.position <= @position
