-- Stores one context and its change: a whole create in one statement, which draws the position itself. No row: the id is
-- taken.
WITH {draw}, stored AS (
  INSERT INTO context (project_id, context_id, version, position, create_time, update_time, {new_columns})
  SELECT @project, @id, 1, position, at, at, @type, @status, @title, @media_type, @owner, @session, @tags, @metadata,
    @content, @data, @expire_time, @memory
  FROM draw
  ON CONFLICT (project_id, context_id) DO NOTHING
  RETURNING position, create_time
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action, new_version)
  SELECT @project, position, 0, create_time, {provenance}, 'context', @id, 'created', 1
  FROM stored
)
SELECT position, create_time AS at FROM stored
