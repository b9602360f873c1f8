-- The lease while it has this epoch.
SELECT epoch FROM lease WHERE project_id = @project AND lease_id = @lease AND epoch = @epoch
