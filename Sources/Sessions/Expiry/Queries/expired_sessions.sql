-- Some sessions that have expired and are still open, those that did so first.
SELECT head.session_id
FROM session_head AS head JOIN session USING (project_id, session_id)
WHERE head.project_id = @project AND look_time <= clock_timestamp() AND expire_time <= clock_timestamp() AND state <> 4
  AND delete_time IS NULL
ORDER BY look_time
LIMIT @limit
