-- First statement of a rollback point: waits until no write of the project is under way.
SELECT pg_advisory_xact_lock($1::integer, $2::integer);
