-- Whoever changes the sums of a project takes turns.
SELECT position FROM coordination_rollup WHERE project_id = @project FOR UPDATE
