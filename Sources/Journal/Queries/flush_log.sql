-- A transaction that wrote something is on disk when it has committed, and everything before it.
SELECT pg_logical_emit_message(true, 'cairn', '') IS NOT NULL;
