-- Whether every transaction up to one has ended.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > @transaction AS are_over
