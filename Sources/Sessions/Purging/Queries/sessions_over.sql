-- A page of the sessions that have been over for long enough, those that ended first, whether they may be purged or not.
SELECT session_id, {over_time} AS over_time
FROM session
WHERE project_id = @project AND {over_time} IS NOT NULL AND {is_over}
  AND ({over_time}, session_id) > (@after_time::timestamptz, @after_id)
ORDER BY {over_time}, session_id
LIMIT @limit
