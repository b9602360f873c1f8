SELECT {change_columns}
FROM change
WHERE project_id = ANY (@projects) AND position > @after AND position <= @through
ORDER BY position, ordinal
LIMIT @limit;
