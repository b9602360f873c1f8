-- Whether every transaction up to one has ended; pauses for a moment when not: $1 its id.
SELECT oldest > $1, CASE WHEN oldest <= $1 THEN pg_sleep(0.02) END
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) AS snapshot
