-- Whether every transaction up to one has ended: $1 its id.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1
