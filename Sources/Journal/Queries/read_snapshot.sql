-- The oldest transaction that still runs, and how far the log is on disk.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
  (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint AS flushed;
