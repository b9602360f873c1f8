-- How far what happened in a project is summed up, and whether events up to a position are missing.
SELECT rollup.position, (
    -- In order, so that the index by position is used.
    SELECT event.position FROM coordination_event AS event
    WHERE event.project_id = @project AND event.position > rollup.position AND event.position <= @through
    ORDER BY event.position, event.ordinal LIMIT 1
  ) IS NOT NULL AS is_behind
FROM (
  SELECT coalesce((SELECT position FROM coordination_rollup WHERE project_id = @project), 0) AS position
) AS rollup
