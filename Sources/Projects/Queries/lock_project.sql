-- Locks a project against other writers of its settings: $1 project.
SELECT project_id, title, create_time, position, search_language, delete_time
FROM project WHERE project_id = $1 AND purge_time IS NULL FOR UPDATE;
