-- Takes an import over from whoever worked on it, and says where it stands; it is made when there is none of
-- that name. No row: it is of another mode. Those that nobody has gone on with for $5 seconds are forgotten:
-- $1 project, $2 method, $3 import id, $4 mode.
WITH made AS (
  INSERT INTO import (project_id, method, import_id, mode, create_time, update_time, epoch, acknowledged,
    stored, overwritten, skipped, failed, ignored, position)
  VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp(), 1, 0, 0, 0, 0, 0, 0, 0)
  ON CONFLICT (project_id, method, import_id) DO UPDATE SET
    update_time = clock_timestamp(), epoch = import.epoch + 1
    WHERE import.mode = excluded.mode
  RETURNING create_time, epoch, acknowledged, stored, overwritten, skipped, failed, ignored, position,
    versions, unfinished
), forgotten AS (
  DELETE FROM import
  WHERE project_id = $1 AND update_time < clock_timestamp() - $5 * interval '1 second' AND import_id <> $3
)
SELECT * FROM made
