-- Which of these ids are taken, also by deleted contexts, and whether by one that UndeleteContext brings back.
SELECT context_id, context_life(delete_time, expire_time, purge_time, now()) = 1 AS is_deleted FROM context
WHERE project_id = @project AND context_id = ANY (@ids::text[])
