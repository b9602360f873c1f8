-- The next events of a project between two positions.
SELECT {coordination_event_columns} FROM coordination_event
WHERE project_id = @project AND {after_cursor}
ORDER BY position, ordinal
LIMIT @limit
