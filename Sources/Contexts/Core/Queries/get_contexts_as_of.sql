-- Several contexts as of a moment, as get_contexts returns them.
WITH found AS (
  SELECT wanted.place, image.*,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place) AS bytes
  FROM unnest(@ids::text[]) WITH ORDINALITY AS wanted (id, place)
  CROSS JOIN LATERAL (
    SELECT {context_columns}, content, data
    FROM context
    WHERE project_id = @project AND context_id = wanted.id AND position <= @position
    UNION ALL
    (SELECT {former_columns}, content, data
    FROM context_past
    WHERE project_id = @project AND context_id = wanted.id AND context_past.position > @position
    ORDER BY context_past.position
    LIMIT 1)
  ) AS image
  WHERE image.position <= @position
)
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, @time) AS life,
  CASE WHEN bytes <= @bytes THEN content ELSE '' END AS content,
  CASE WHEN bytes <= @bytes THEN data ELSE '' END AS data,
  place - 1 AS place, bytes <= @bytes AS is_whole, octet_length(content) AS content_bytes,
  octet_length(data) AS data_bytes
FROM found
ORDER BY place
