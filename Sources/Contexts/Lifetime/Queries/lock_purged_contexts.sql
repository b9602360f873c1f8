-- Locks contexts that are to be purged and that nobody holds, in key order, and says their versions: $1 project, $2 ids.
SELECT context_id, version
FROM context
WHERE project_id = $1 AND context_id = ANY ($2::text[]) AND purge_time <= clock_timestamp()
  AND position <= (SELECT context_purge_limit($1))
ORDER BY context_id
FOR UPDATE
