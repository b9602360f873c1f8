-- Which call may go on with an import, locked against another one that takes it over: $1 project, $2 method,
-- $3 import id.
SELECT epoch FROM import WHERE project_id = $1 AND method = $2 AND import_id = $3
FOR UPDATE
