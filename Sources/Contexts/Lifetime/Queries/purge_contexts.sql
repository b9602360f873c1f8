-- Deletes locked contexts for good. What belongs to them is gone already.
DELETE FROM context WHERE project_id = @project AND context_id = ANY (@ids::text[])
