-- Begins an operation, or returns the one of its kind and subject that is under way: $1 project, $2 id, $3 kind,
-- $4 subject, $5 who, $6 how many items there are about. No row: that one has just ended.
WITH begun AS (
  INSERT INTO operation (project_id, operation_id, kind, subject, principal, total)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (project_id, kind, subject) WHERE state = 'running' DO NOTHING
  RETURNING project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
)
SELECT project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
FROM begun
UNION ALL
SELECT project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
FROM operation
WHERE project_id = $1 AND kind = $3 AND subject = $4 AND state = 'running';
