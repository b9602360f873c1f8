SELECT {change_columns}
FROM change
WHERE project_id = @project AND position >= @position AND (position, ordinal) > (@position, @ordinal) AND position <= @through
ORDER BY position, ordinal
LIMIT @limit;
