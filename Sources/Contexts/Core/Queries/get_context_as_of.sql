-- One context as of a moment, and whether it was deleted or purged then.
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, @time) AS life,
  {content_if_full}
FROM (
  SELECT {context_columns}, content, data
  FROM context
  WHERE project_id = @project AND context_id = @id AND position <= @position
  UNION ALL
  (SELECT {former_columns}, content, data
  FROM context_past
  WHERE project_id = @project AND context_id = @id AND position > @position
  ORDER BY context_past.position
  LIMIT 1)
) AS image
WHERE position <= @position
