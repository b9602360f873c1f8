-- Locks the leases of tasks, in order: no write that names one commits before the lock goes.
SELECT lease_id FROM lease
WHERE project_id = @project AND lease_id = ANY (@ids::text[])
ORDER BY lease_id
FOR UPDATE
