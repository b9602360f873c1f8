-- Which of some sessions, whose heads are locked, may be purged now, at most @limit: not those whose events a fork shares, and at
-- last only those that have no events.
SELECT session_id, version
FROM session CROSS JOIN {held} AS hold
WHERE session.project_id = @project AND session.session_id = ANY (@ids::text[]) AND {is_over} AND {is_free}
  AND NOT EXISTS (SELECT FROM session_ancestor WHERE project_id = @project AND ancestor_id = session.session_id)
  AND NOT (@is_last AND EXISTS (
    SELECT FROM session_event AS event
    WHERE event.project_id = @project AND event.session_id = session.session_id))
ORDER BY session_id
LIMIT @limit
