-- Begins an operation of @total items or so, or returns the one of its kind and subject that is under way. No row: that
-- one has just ended.
WITH begun AS (
  INSERT INTO operation (project_id, operation_id, kind, subject, principal, total)
  VALUES (@project, @id, @kind, @subject, @principal, @total)
  ON CONFLICT (project_id, kind, subject) WHERE state = 'running' DO NOTHING
  RETURNING {operation_columns}
)
SELECT {operation_columns}
FROM begun
UNION ALL
SELECT {operation_columns}
FROM operation
WHERE project_id = @project AND kind = @kind AND subject = @subject AND state = 'running';
