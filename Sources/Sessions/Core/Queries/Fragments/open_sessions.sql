-- Whether sessions take something new: what other domains include.

-- session_is_open:
-- Of `@session`. 4: COMPLETED.
EXISTS (
  SELECT FROM session JOIN session_head USING (project_id, session_id)
  WHERE project_id = @project AND session_id = @session AND delete_time IS NULL AND state <> 4
    AND (expire_time IS NULL OR expire_time > clock_timestamp())
)
