-- Templates as the changes at certain positions left them. Once definitions have more than @bytes together, no more of them
-- are returned. No row where that version is no longer kept.
WITH found AS (
  SELECT wanted.place, image.*,
    coalesce(
      sum(octet_length(definition)) OVER (ORDER BY wanted.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS bytes_before
  FROM unnest(@ids::text[], @positions::bigint[]) WITH ORDINALITY AS wanted (id, at, place)
  CROSS JOIN LATERAL (
    SELECT {template_columns}
    FROM template
    WHERE project_id = @project AND template_id = wanted.id AND position = wanted.at
    UNION ALL
    SELECT {former_template_columns}
    FROM template_version AS old
    WHERE project_id = @project AND template_id = wanted.id AND old.from_position = wanted.at AND old.position > wanted.at
    LIMIT 1
  ) AS image
)
SELECT {template_fields}, CASE WHEN bytes_before < @bytes THEN definition ELSE '' END AS definition, place - 1 AS place,
  bytes_before < @bytes AS is_whole
FROM found
ORDER BY place
