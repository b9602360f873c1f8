-- A page of the projects that do not keep their history for ever.
SELECT project_id FROM project
WHERE project_id > @after AND history_retention IS NOT NULL AND delete_time IS NULL
ORDER BY project_id
LIMIT @limit;
