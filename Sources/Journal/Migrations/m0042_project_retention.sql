-- How long a project keeps its history is part of its versions, too.
ALTER TABLE project_version ADD COLUMN history_retention bigint;
