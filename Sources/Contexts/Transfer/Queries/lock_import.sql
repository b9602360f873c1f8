-- Which call may go on with an import, locked against another one that takes it over.
SELECT epoch FROM import WHERE project_id = @project AND method = @method AND import_id = @import_id
FOR UPDATE
