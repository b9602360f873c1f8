-- Whether a project is deleted, and whether all it held is gone: $1 project.
SELECT delete_time IS NOT NULL, purge_time IS NOT NULL FROM project WHERE project_id = $1;
