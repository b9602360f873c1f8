-- Says in a write how far its import has come with it: $1 project, $2 method, $3 import id, $4 the place
-- acknowledged, and how many records more were $5 stored, $6 overwritten, $7 skipped, $8 failed, $9 ignored,
-- $10 former versions; $11 the contexts that stand as a former version.
UPDATE import SET
  acknowledged = $4, stored = stored + $5, overwritten = overwritten + $6, skipped = skipped + $7,
  failed = failed + $8, ignored = ignored + $9, versions = versions + $10, unfinished = $11,
  position = drawn.position, update_time = drawn.at
FROM drawn
WHERE project_id = $1 AND method = $2 AND import_id = $3
