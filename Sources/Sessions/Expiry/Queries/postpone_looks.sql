-- Looks at some sessions whose time it is: at those that live on again when they may expire, at those that have ended never
-- again. Those that have expired stay as they are. Those that others write are left for another round.
WITH due AS MATERIALIZED (
  SELECT session_id, expire_time FROM session_head
  WHERE project_id = @project AND look_time <= clock_timestamp()
  ORDER BY look_time LIMIT @limit
  FOR UPDATE SKIP LOCKED
)
UPDATE session_head AS head SET look_time = CASE WHEN session.state = 4 OR session.delete_time IS NOT NULL THEN NULL
  ELSE due.expire_time END
FROM due JOIN session ON session.project_id = @project AND session.session_id = due.session_id
WHERE head.project_id = @project AND head.session_id = due.session_id
  AND (session.state = 4 OR session.delete_time IS NOT NULL OR due.expire_time IS NULL
    OR due.expire_time > clock_timestamp())
