-- A page of projects: $1 the last one of the page before, $2 how many at most, $3 whether deleted ones, too.
SELECT project_id, title, create_time, position, search_language, delete_time
FROM project
WHERE project_id > $1 AND purge_time IS NULL AND ($3 OR delete_time IS NULL)
ORDER BY project_id
LIMIT $2;
