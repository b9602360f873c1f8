-- The events of some tasks and agents that were settled last.
SELECT {coordination_event_columns} FROM coordination_event
WHERE (project_id, subject) IN (SELECT * FROM unnest(@projects::text[], @keys::text[]))
  AND position > @after AND position <= @through
ORDER BY position, ordinal
LIMIT @limit
