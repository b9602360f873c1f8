-- Stores a note; no row when its id is taken.
WITH {draw}, created AS (
  INSERT INTO note (project_id, {note_columns})
  SELECT @project, @id, 1, position, at, at, @body FROM draw
  ON CONFLICT DO NOTHING
  RETURNING {note_columns}
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action, new_version)
  SELECT @project, position, 0, create_time, {provenance}, 'note', @id, 'created', 1 FROM created
)
SELECT {note_columns} FROM created
