-- Sessions that may have been opened again are looked at when they may expire.
UPDATE session_head SET look_time = expire_time
WHERE project_id = @project AND session_id = ANY (@ids::text[]) AND look_time IS DISTINCT FROM expire_time
