-- First statement of every write. The transaction has its id before it draws a position, and a rollback
-- point, which takes the same lock for itself, waits for it.
SELECT pg_advisory_xact_lock_shared(@class::integer, @key::integer), pg_current_xact_id();
