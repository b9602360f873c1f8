-- Locks a project's settings against other writers: $1 project.
SELECT project_id, title, create_time, position, search_language
FROM project WHERE project_id = $1 FOR UPDATE;
