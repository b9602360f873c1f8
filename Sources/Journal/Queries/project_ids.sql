-- A page of all projects.
SELECT project_id FROM project WHERE project_id > @after ORDER BY project_id LIMIT @limit;
