SELECT project_id, position, ordinal, at, principal, agent, session, task, lease, lease_epoch, operation,
  kind, id, action, old_version, new_version
FROM change
WHERE project_id = $1 AND position >= $2 AND (position, ordinal) > ($2, $3) AND position <= $4
ORDER BY position, ordinal
LIMIT $5;
