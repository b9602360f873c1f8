-- A page of recordings, the newest first, from named fragments: those that a request needs are put together in this order.

-- page:
SELECT {recording_columns}
FROM {recordings}
WHERE recording.project_id = @project
-- session:
  AND recording.session_id = @session
-- open:
  AND end_time IS NULL AND recording.expire_time > now
-- ended:
  AND (end_time IS NOT NULL OR recording.expire_time <= now)
-- after:
  AND (start_time, recording_id) < (@after_time, @after_id)
-- end:
ORDER BY start_time DESC, recording_id DESC
LIMIT @limit
