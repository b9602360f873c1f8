-- Keeps the log of a session as it is until the transaction ends: nobody appends to it, deletes or purges it. Several forks may.
SELECT session_id FROM session_head WHERE project_id = @project AND session_id = @session FOR SHARE
