-- Waits for whoever is changing or removing the context with a chosen id, before a position is drawn.
SELECT FROM context WHERE project_id = @project AND context_id = @id FOR KEY SHARE
