-- The events of some projects that were settled last, those that watchers are sent.
SELECT {event_columns}, {small_body} FROM session_event
WHERE project_id = ANY (@projects) AND position > @after AND position <= @through AND is_published
ORDER BY position, ordinal
LIMIT @limit
