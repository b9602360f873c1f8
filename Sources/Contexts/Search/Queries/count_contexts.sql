-- How many contexts a project has, the deleted ones included.
SELECT count(*) FROM context WHERE project_id = @project
