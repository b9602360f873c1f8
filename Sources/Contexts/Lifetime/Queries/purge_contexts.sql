-- Deletes locked contexts for good: $1 project, $2 ids. What belongs to them is gone already.
DELETE FROM context WHERE project_id = $1 AND context_id = ANY ($2::text[])
