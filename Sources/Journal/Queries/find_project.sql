SELECT project_id, title, create_time, position FROM project WHERE project_id = $1;
