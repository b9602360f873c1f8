-- Contexts as the changes at certain positions left them. Once contents and data have more than @bytes together, only the
-- rest of a context is returned. No row where that version is no longer kept.
WITH found AS (
  SELECT wanted.place, image.*,
    coalesce(
      sum(octet_length(content) + octet_length(data))
        OVER (ORDER BY wanted.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
  FROM unnest(@ids::text[], @positions::bigint[]) WITH ORDINALITY AS wanted (id, at, place)
  CROSS JOIN LATERAL (
    SELECT {context_columns}, content, data
    FROM context
    WHERE project_id = @project AND context_id = wanted.id AND position = wanted.at
    UNION ALL
    (SELECT {former_columns}, content, data
    FROM context_past
    WHERE project_id = @project AND context_id = wanted.id AND context_past.position > wanted.at
    ORDER BY context_past.position
    LIMIT 1)
  ) AS image
  WHERE image.position = wanted.at
)
SELECT {context_columns},
  CASE WHEN bytes_before < @bytes THEN content ELSE '' END AS content,
  CASE WHEN bytes_before < @bytes THEN data ELSE '' END AS data,
  place - 1 AS place, bytes_before < @bytes AS is_whole
FROM found
ORDER BY place
