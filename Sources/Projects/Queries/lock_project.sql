-- Locks a project against other writers of its settings.
SELECT {project_columns}
FROM project WHERE project_id = @project AND purge_time IS NULL FOR UPDATE;
