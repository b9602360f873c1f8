-- The twin of a request waits here, and then sees in the next statement what was answered.
SELECT pg_advisory_xact_lock(@class::integer, @key::integer);
