-- Changes a locked project in a write that has drawn its position: $1 project, $2 title, $3 language of
-- searches.
UPDATE project SET title = $2, search_language = $3 WHERE project_id = $1;
