-- A page of projects.
SELECT {project_columns}
FROM project
WHERE project_id > @after AND purge_time IS NULL AND (@show_deleted OR delete_time IS NULL)
ORDER BY project_id
LIMIT @limit;
