-- Whether nobody writes in a deleted project any more: $1 project, $2 a transaction; it and all before it must have ended,
-- $3 seconds in which every server has heard of the deletion.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $2
  AND delete_time + $3 * interval '1 second' <= clock_timestamp()
FROM project WHERE project_id = $1;
