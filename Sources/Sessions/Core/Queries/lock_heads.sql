-- Locks the heads of sessions, in key order: before the sessions themselves, as every write does.
SELECT session_id FROM session_head
WHERE project_id = @project AND session_id = ANY (@ids::text[])
ORDER BY session_id
FOR UPDATE
