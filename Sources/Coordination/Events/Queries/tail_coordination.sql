-- The events of some projects that were settled last.
SELECT {coordination_event_columns} FROM coordination_event
WHERE project_id = ANY (@projects) AND position > @after AND position <= @through
ORDER BY position, ordinal
LIMIT @limit
