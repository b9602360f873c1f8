-- Templates by id, deleted ones too.
SELECT {template_columns}
FROM template
WHERE project_id = @project AND template_id = ANY (@ids::text[])
