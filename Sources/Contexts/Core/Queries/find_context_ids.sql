-- Which of these ids are taken, also by deleted contexts, and whether by one that UndeleteContext brings back: $1
-- project, $2 ids.
SELECT context_id, context_life(delete_time, expire_time, purge_time, now()) = 1 FROM context WHERE project_id = $1 AND context_id = ANY ($2::text[])
