-- A project that is there, or deleted and not gone yet.
SELECT {project_columns}
FROM project WHERE project_id = @project AND purge_time IS NULL;
