-- Deletes holds whose time is over.
DELETE FROM hold
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM hold WHERE project_id = @project AND until <= clock_timestamp() LIMIT @limit FOR UPDATE SKIP LOCKED));
