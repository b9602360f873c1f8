-- Which of these ids are taken, also by deleted contexts: $1 project, $2 ids.
SELECT context_id FROM context WHERE project_id = $1 AND context_id = ANY ($2::text[])
