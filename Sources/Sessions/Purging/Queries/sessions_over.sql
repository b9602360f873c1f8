-- A page of the sessions that have been over for long enough, those that ended first, and whether nothing keeps them now.
SELECT session.session_id, {over_time} AS over_time, {is_free} AND NOT EXISTS (
    SELECT FROM session_ancestor WHERE project_id = @project AND ancestor_id = session.session_id
  ) AS may_go
FROM session CROSS JOIN {held} AS hold
WHERE session.project_id = @project AND {over_time} IS NOT NULL AND {is_over}
  AND ({over_time}, session.session_id) > (@after_time::timestamptz, @after_id)
ORDER BY {over_time}, session.session_id
LIMIT @limit
