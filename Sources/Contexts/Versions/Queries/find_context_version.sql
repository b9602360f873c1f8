-- Whether a version of a context is kept: $1 project, $2 id, $3 version.
SELECT EXISTS (SELECT FROM context WHERE project_id = $1 AND context_id = $2 AND version = $3)
  OR EXISTS (SELECT FROM context_version WHERE project_id = $1 AND context_id = $2 AND version = $3)
