-- Whether a project is deleted, and whether all it held is gone.
SELECT delete_time IS NOT NULL AS is_deleted, purge_time IS NOT NULL AS is_purged FROM project WHERE project_id = @project;
