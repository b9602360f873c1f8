-- Notes that all a deleted project held is gone. Only its id stays.
UPDATE project SET purge_time = clock_timestamp(), title = '', search_language = 'simple', history_retention = NULL
WHERE project_id = @project;
