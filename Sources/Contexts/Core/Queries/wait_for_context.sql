-- Waits for whoever is changing or removing the context with a chosen id, before a position is drawn: $1 project, $2
-- id.
SELECT FROM context WHERE project_id = $1 AND context_id = $2 FOR KEY SHARE
