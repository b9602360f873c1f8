-- Waits until nobody else gives out the project's tasks, or changes to whom they may be given.
SELECT pg_advisory_xact_lock(@class::integer, @key::integer)
