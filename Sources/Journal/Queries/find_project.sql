SELECT project_id, title, create_time, position, search_language FROM project WHERE project_id = $1;
