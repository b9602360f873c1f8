-- The lease while it has this epoch, against revocation until the write has ended: $1 project, $2 lease, $3 epoch.
SELECT epoch FROM lease WHERE project_id = $1 AND lease_id = $2 AND epoch = $3 FOR SHARE
