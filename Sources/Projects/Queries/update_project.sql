-- Changes a locked project in a write that has drawn its position.
UPDATE project SET title = @title, search_language = @search_language, history_retention = @history_retention
WHERE project_id = @project;
