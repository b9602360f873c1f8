-- Whoever changes the sums of a project takes turns.
SELECT position FROM session_rollup WHERE project_id = @project FOR UPDATE
