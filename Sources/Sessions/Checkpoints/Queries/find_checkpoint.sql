-- One checkpoint of a session.
SELECT {checkpoint_columns}
FROM session_checkpoint
WHERE project_id = @project AND session_id = @session AND checkpoint_id = @id
