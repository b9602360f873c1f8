-- Notes, by statements of these: as they are, as of a position, or as single changes left them.
-- note_columns:
note_id, version, position, create_time, update_time, body
-- present:
SELECT {note_columns} FROM note WHERE project_id = @project
-- past:
SELECT {note_columns} FROM (
  SELECT project_id, {note_columns} FROM note WHERE position <= @position
  UNION ALL
  SELECT project_id, note_id, version, from_position, create_time, update_time, body FROM note_version
  WHERE position > @position AND from_position <= @position
) AS note WHERE project_id = @project
-- changed:
SELECT {note_columns} FROM (
  SELECT project_id, {note_columns} FROM note
  UNION ALL
  SELECT project_id, note_id, version, from_position, create_time, update_time, body FROM note_version
) AS note
WHERE project_id = @project AND (note_id, position) IN (SELECT * FROM unnest(@ids::text[], @positions::bigint[]))
-- one:
  AND note_id = @id
-- page:
  AND note_id > @after ORDER BY note_id LIMIT @limit
-- locked:
  FOR UPDATE
