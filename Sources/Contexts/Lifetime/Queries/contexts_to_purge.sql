-- Some contexts whose time has come and that nobody holds, those that have waited longest.
SELECT context_id FROM context
WHERE project_id = @project AND purge_time <= now() AND position <= (SELECT context_purge_limit(@project))
ORDER BY purge_time
LIMIT @limit
