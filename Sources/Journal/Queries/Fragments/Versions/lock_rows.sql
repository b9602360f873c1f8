-- Locks resources against other writers, in the order of their keys: $1 project, then their keys.
SELECT FROM {current} AS stored
JOIN {wanted $2} ON {stored.is_wanted}
WHERE stored.project_id = $1
ORDER BY {stored.row}
FOR UPDATE OF stored
