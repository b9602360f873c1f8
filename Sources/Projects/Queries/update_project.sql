-- Changes a locked project in a write that has drawn its position.
UPDATE project SET
  version = version + 1, position = drawn.position, title = @title, search_language = @search_language,
  history_retention = @history_retention
FROM drawn WHERE project_id = @project;
