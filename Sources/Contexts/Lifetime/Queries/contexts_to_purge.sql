-- Some contexts whose time has come and that nobody holds, those that have waited longest: $1 project, $2 how many.
SELECT context_id FROM context
WHERE project_id = $1 AND purge_time <= now() AND position <= (SELECT context_purge_limit($1))
ORDER BY purge_time
LIMIT $2
