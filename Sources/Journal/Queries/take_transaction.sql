-- An id greater than that of every transaction that has drawn a position so far, and the end of the log.
SELECT pg_current_xact_id()::text::bigint AS id, (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS log;
