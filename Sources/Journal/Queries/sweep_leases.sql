-- Deletes leases whose time was over long ago. A lease that a write holds at the moment is left; to delete one is to
-- revoke it.
DELETE FROM lease
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM lease
  WHERE project_id = @project AND until <= clock_timestamp() - @seconds * interval '1 second'
  ORDER BY until
  LIMIT @limit
  FOR UPDATE SKIP LOCKED));
