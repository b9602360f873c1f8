-- Says in a write how far its import has come with it: the place acknowledged, how many records more, and the contexts that
-- stand as a former version.
UPDATE import SET
  acknowledged = @acknowledged, stored = stored + @stored, overwritten = overwritten + @overwritten, skipped = skipped + @skipped,
  failed = failed + @failed, ignored = ignored + @ignored, versions = versions + @versions, unfinished = @unfinished,
  position = drawn.position, update_time = drawn.at
FROM drawn
WHERE project_id = @project AND method = @method AND import_id = @import_id
