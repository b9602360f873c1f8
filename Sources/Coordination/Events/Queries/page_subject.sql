-- The next events of a task or an agent between two positions.
SELECT {coordination_event_columns} FROM coordination_event
WHERE project_id = @project AND subject = @key AND {after_cursor}
ORDER BY position, ordinal
LIMIT @limit
