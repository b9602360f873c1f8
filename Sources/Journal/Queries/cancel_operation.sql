-- Ends an operation before it is done. Waits for the step under way. No row: it has ended, or there is none.
UPDATE operation SET state = 'cancelled', update_time = clock_timestamp()
WHERE project_id = @project AND operation_id = @id AND state = 'running'
RETURNING {operation_columns};
