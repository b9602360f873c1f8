-- Whether sessions take something new. No row for one that there is not. 4: COMPLETED.
SELECT session_id, delete_time IS NOT NULL AS is_deleted, state = 4 AS has_ended,
  CASE WHEN expire_time <= clock_timestamp() THEN expire_time END AS expired
FROM session JOIN session_head USING (project_id, session_id)
WHERE project_id = @project AND session_id = ANY (@sessions::text[])
