-- Projects whose horizon has moved beyond what was pruned, and where it is.
SELECT project_id, position FROM horizon WHERE position > cleared_position ORDER BY project_id LIMIT @limit;
