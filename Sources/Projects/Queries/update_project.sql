-- Changes a locked project in a write that has drawn its position.
UPDATE project SET title = @title, search_language = @search_language WHERE project_id = @project;
