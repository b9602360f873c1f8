-- The next events of a session between two positions, those that watchers are sent.
SELECT {event_columns}, {small_body} FROM session_event
WHERE project_id = @project AND session_id = @key AND {after_cursor} AND is_published
ORDER BY position, ordinal
LIMIT @limit
