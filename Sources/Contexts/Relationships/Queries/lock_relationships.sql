-- Makes writers of the same relationships take turns: one lock after the other, in the order given: $1 their
-- classes, $2 their keys.
SELECT pg_advisory_xact_lock(class, key) FROM unnest($1::integer[], $2::integer[]) AS lock (class, key)
