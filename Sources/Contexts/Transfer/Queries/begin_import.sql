-- Takes an import over from whoever worked on it, and says where it stands; it is made when there is none of that name. No
-- row: it is of another mode. Those that nobody has gone on with for so many seconds are forgotten.
WITH made AS (
  INSERT INTO import (project_id, method, import_id, mode, create_time, update_time, epoch, acknowledged,
    stored, overwritten, skipped, failed, ignored, position)
  VALUES (@project, @method, @import_id, @mode, clock_timestamp(), clock_timestamp(), 1, 0, 0, 0, 0, 0, 0, 0)
  ON CONFLICT (project_id, method, import_id) DO UPDATE SET
    update_time = clock_timestamp(), epoch = import.epoch + 1
    WHERE import.mode = excluded.mode
  RETURNING {import_columns}
), forgotten AS (
  DELETE FROM import
  WHERE project_id = @project AND update_time < clock_timestamp() - @seconds * interval '1 second' AND import_id <> @import_id
)
SELECT {import_columns} FROM made
