-- A short batch, so that no feed waits for it. Rows that another server is deleting are left to it.
DELETE FROM request
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM request
  WHERE project_id = @project AND expire_time <= clock_timestamp()
  ORDER BY expire_time
  LIMIT @limit
  FOR UPDATE SKIP LOCKED));
