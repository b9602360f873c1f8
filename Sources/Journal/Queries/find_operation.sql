-- One operation.
SELECT {operation_columns}
FROM operation WHERE project_id = @project AND operation_id = @id;
