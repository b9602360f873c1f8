-- Several contexts in the order asked for. Once contents and data have more than @bytes together, only the rest of a
-- context is returned.
WITH found AS (
  SELECT wanted.place, context.*,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place) AS bytes
  FROM unnest(@ids::text[]) WITH ORDINALITY AS wanted (id, place)
  JOIN context ON context.project_id = @project AND context.context_id = wanted.id
)
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, now()) AS life,
  CASE WHEN bytes <= @bytes THEN content ELSE '' END AS content,
  CASE WHEN bytes <= @bytes THEN data ELSE '' END AS data,
  place - 1 AS place, bytes <= @bytes AS is_whole, octet_length(content) AS content_bytes,
  octet_length(data) AS data_bytes
FROM found
ORDER BY place
