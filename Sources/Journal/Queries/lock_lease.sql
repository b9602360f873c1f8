-- The lease while it has this epoch, against revocation until the write has ended.
SELECT epoch FROM lease WHERE project_id = @project AND lease_id = @lease AND epoch = @epoch FOR SHARE
