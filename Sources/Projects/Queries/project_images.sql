-- A project as the changes at certain positions left it. No row where that version is no longer kept, or all that the
-- project held is gone. A deleted project is never changed again, so no former version is a deleted one.
SELECT image.*, place - 1 AS place
FROM unnest(@positions::bigint[]) WITH ORDINALITY AS wanted (at, place)
JOIN project AS present ON present.project_id = @project AND present.purge_time IS NULL
CROSS JOIN LATERAL (
  SELECT {project_columns}
  FROM project
  WHERE project_id = @project AND position = wanted.at
  UNION ALL
  SELECT project_id, title, create_time, present.create_position, search_language, NULL::timestamptz, history_retention,
    version
  FROM project_version AS old
  WHERE project_id = @project AND old.from_position = wanted.at AND old.position > wanted.at
  LIMIT 1
) AS image
ORDER BY place
