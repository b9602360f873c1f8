-- Locks contexts that are to be purged and that nobody holds, in key order, and says their versions.
SELECT context_id, version
FROM context
WHERE project_id = @project AND context_id = ANY (@ids::text[]) AND purge_time <= clock_timestamp()
  AND position <= (SELECT context_purge_limit(@project))
ORDER BY context_id
FOR UPDATE
