SELECT project_id, title, create_time, position, search_language FROM project
WHERE project_id > $1
ORDER BY project_id
LIMIT $2;
