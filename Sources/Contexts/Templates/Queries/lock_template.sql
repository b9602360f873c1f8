-- A template, locked against other writers.
SELECT {template_columns}
FROM template
WHERE project_id = @project AND template_id = @id
FOR UPDATE
