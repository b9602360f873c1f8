-- Whether nobody writes in a deleted project any more: @transaction and all before it must have ended, and every server has
-- heard of the deletion for @seconds.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > @transaction
  AND delete_time + @seconds * interval '1 second' <= clock_timestamp() AS is_quiet
FROM project WHERE project_id = @project;
