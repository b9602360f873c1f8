-- Changes a locked note in a write that has drawn its position; the row that it had becomes history.
WITH kept AS (
  INSERT INTO note_version (project_id, note_id, version, from_position, position, create_time, update_time, body)
  SELECT project_id, note_id, version, note.position, drawn.position, create_time, update_time, body FROM note, drawn
  WHERE project_id = @project AND note_id = @id
)
UPDATE note SET version = version + 1, position = drawn.position, update_time = drawn.at, body = @body FROM drawn
WHERE project_id = @project AND note_id = @id RETURNING {note.note_columns}
