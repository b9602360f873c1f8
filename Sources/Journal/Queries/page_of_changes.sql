-- The next changes of a project between two positions, and what each is of.
SELECT position, ordinal, kind, id FROM change
WHERE project_id = @project AND position >= @position AND (position, ordinal) > (@position, @ordinal) AND position <= @through
ORDER BY position, ordinal
LIMIT @limit
