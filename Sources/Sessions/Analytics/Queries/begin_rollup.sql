-- Makes room for the sums of a project that has events.
INSERT INTO session_rollup (project_id, position, events, bytes)
SELECT @project, 0, 0, 0
WHERE EXISTS (SELECT FROM session_event WHERE project_id = @project)
ON CONFLICT (project_id) DO NOTHING
