-- Makes writers of the same relationships take turns: one lock after the other, in the order given.
SELECT pg_advisory_xact_lock(class, key) FROM unnest(@classes::integer[], @keys::integer[]) AS lock (class, key)
