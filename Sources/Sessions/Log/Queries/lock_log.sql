-- The head of a session's log, against others who append.
SELECT FROM session_head WHERE project_id = @project AND session_id = @session FOR UPDATE
