-- Makes room for the sums of a project.
INSERT INTO coordination_rollup (project_id, position) VALUES (@project, 0)
ON CONFLICT (project_id) DO NOTHING
