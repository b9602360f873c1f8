-- Changes a locked project in a write that has drawn its position: $1 project, then the new values, NULL where one
-- stays: $2 title, $3 language of searches.
UPDATE project SET title = coalesce($2, title), search_language = coalesce($3, search_language)
WHERE project_id = $1
RETURNING project_id, title, create_time, position, search_language;
