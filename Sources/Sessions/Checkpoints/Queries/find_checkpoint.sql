-- One checkpoint of a session that is not deleted.
SELECT {checkpoint_columns}
FROM session_checkpoint
WHERE project_id = @project AND session_id = @session AND checkpoint_id = @id
  AND EXISTS (SELECT FROM session WHERE project_id = @project AND session_id = @session AND delete_time IS NULL)
