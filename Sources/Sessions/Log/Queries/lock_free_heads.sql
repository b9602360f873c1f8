-- Locks the heads of some sessions that nobody else has locked.
SELECT FROM session_head
WHERE project_id = @project AND session_id IN (SELECT * FROM unnest((SELECT @sessions::text[])))
FOR UPDATE SKIP LOCKED
