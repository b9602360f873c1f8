-- The events of some sessions that were settled last, those that watchers are sent.
SELECT {event_columns}, {small_body} FROM session_event
WHERE (project_id, session_id) IN (SELECT * FROM unnest(@projects::text[], @keys::text[]))
  AND position > @after AND position <= @through AND is_published
ORDER BY position, ordinal
LIMIT @limit
