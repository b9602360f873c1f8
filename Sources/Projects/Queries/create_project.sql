WITH {draw}, created AS (
  INSERT INTO project (project_id, title, create_time, create_position, position, search_language,
    history_retention)
  SELECT @project, @title, at, position, position, @search_language, @history_retention FROM draw
  ON CONFLICT DO NOTHING
  RETURNING position, create_time
), changed AS (
  INSERT INTO change (
    project_id, position, ordinal, at, {provenance_columns}, kind, id, action, new_version)
  SELECT @project, position, 0, create_time, {provenance}, 'project', @project, 'created', 1 FROM created
)
SELECT position, create_time AS at FROM created;
