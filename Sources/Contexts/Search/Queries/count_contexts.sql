-- How many contexts a project has, the deleted ones included: $1 project.
SELECT count(*) FROM context WHERE project_id = $1
