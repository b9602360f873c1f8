-- A page of all projects: $1 the last one of the page before, $2 how many at most.
SELECT project_id FROM project WHERE project_id > $1 ORDER BY project_id LIMIT $2;
