-- Stores one session with its head, its change, and the first event of its log where there is one: a whole create in one
-- statement, which draws the position itself. No row: the id is taken, or there is no such parent.
WITH {draw}, parent AS MATERIALIZED (
  SELECT coalesce(root, session_id) AS root, depth
  FROM session WHERE project_id = @project AND session_id = @parent AND delete_time IS NULL FOR SHARE
), stored AS (
  INSERT INTO session (project_id, {session_columns}, root, depth)
  SELECT @project, @id, 1, position, at, at, NULL, NULL, 1, 0, @title, @owner, @agents, @entities, @metadata, @ttl,
    @max_events, @checkpoint_interval, NULL, @parent, NULL, parent.root, coalesce(parent.depth + 1, 0)
  FROM draw LEFT JOIN parent ON true
  WHERE @parent::text IS NULL OR parent.root IS NOT NULL
  ON CONFLICT (project_id, session_id) DO NOTHING
  RETURNING position, create_time
), begun AS (
  INSERT INTO session_event (project_id, session_id, sequence, position, ordinal, at, {provenance_columns}, type, actor,
    severity, entities, is_published, body)
  SELECT @project, @id, 1, position, 0, create_time, {provenance}, 6, @actor, 0, @entities, true, @start
  FROM stored WHERE @start::bytea IS NOT NULL
), head AS (
  INSERT INTO session_head (project_id, session_id, last_sequence, last_event_time, expire_time, look_time)
  SELECT @project, @id, CASE WHEN @start::bytea IS NULL THEN 0 ELSE 1 END,
    CASE WHEN @start::bytea IS NOT NULL THEN create_time END,
    create_time + @ttl * interval '1 microsecond', create_time + @ttl * interval '1 microsecond'
  FROM stored
), about AS (
  INSERT INTO session_entity (project_id, entity_id, session_id, sequence)
  SELECT @project, entity, @id, 1 FROM stored, unnest(@entities::text[]) AS entity
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action, new_version)
  SELECT @project, position, 0, create_time, {provenance}, 'session', @id, 'created', 1
  FROM stored
)
SELECT position, create_time AS at FROM stored
