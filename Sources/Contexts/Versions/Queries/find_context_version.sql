-- Whether a version of a context is kept.
SELECT (EXISTS (SELECT FROM context WHERE project_id = @project AND context_id = @id AND version = @version)
  OR EXISTS (SELECT FROM context_version WHERE project_id = @project AND context_id = @id AND version = @version)) AS is_kept
