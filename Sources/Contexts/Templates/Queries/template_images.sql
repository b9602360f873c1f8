-- Templates as certain changes left them, definitions up to a bound: $1 project, $2 ids, $3 the position of each change, $4
-- the bytes of definitions after which no more are returned, and whether it was. No row where that version is no longer kept.
WITH found AS (
  SELECT wanted.place, image.*,
    coalesce(
      sum(octet_length(definition)) OVER (ORDER BY wanted.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS bytes_before
  FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS wanted (id, at, place)
  CROSS JOIN LATERAL (
    SELECT template_id, version, position, create_time, update_time, delete_time, definition
    FROM template
    WHERE project_id = $1 AND template_id = wanted.id AND position = wanted.at
    UNION ALL
    SELECT template_id, version, from_position, create_time, update_time, delete_time, definition
    FROM template_version AS old
    WHERE project_id = $1 AND template_id = wanted.id AND old.from_position = wanted.at AND old.position > wanted.at
    LIMIT 1
  ) AS image
)
SELECT template_id, version, position, create_time, update_time, delete_time,
  CASE WHEN bytes_before < $4 THEN definition ELSE '' END, place - 1, bytes_before < $4
FROM found
ORDER BY place
