-- Deletes operations that ended long ago.
DELETE FROM operation
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM operation
  WHERE project_id = @project AND state <> 'running' AND update_time <= clock_timestamp() - @seconds * interval '1 second'
  ORDER BY update_time
  LIMIT @limit
  FOR UPDATE SKIP LOCKED));
