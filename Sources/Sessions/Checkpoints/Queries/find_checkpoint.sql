-- One checkpoint of a session that is not deleted.
SELECT {checkpoint.checkpoint_columns}
FROM {lineage} AS part
JOIN session_checkpoint AS checkpoint ON checkpoint.project_id = @project AND checkpoint.session_id = part.session_id
  AND checkpoint.checkpoint_id = @id AND checkpoint.sequence <= part.through_sequence
WHERE EXISTS (SELECT FROM session WHERE project_id = @project AND session_id = @session AND delete_time IS NULL)
