-- Stores an agent, new or changed, in a write that has drawn its position, and records what happened.
WITH beat AS (
  INSERT INTO agent_beat (project_id, agent_id, beat_time)
  SELECT @project, @id, drawn.at FROM drawn WHERE @beats
  ON CONFLICT (project_id, agent_id) DO UPDATE SET beat_time = greatest(agent_beat.beat_time, excluded.beat_time)
), {recording}
INSERT INTO agent AS stored (
  project_id, agent_id, version, position, create_time, update_time, type, capabilities, labels, terms, priority, max_load,
  state, metadata, incarnation, stream, recovery_time, asked_time)
SELECT @project, @id, 1, drawn.position, drawn.at, drawn.at, @type, @capabilities, @labels, @terms, @priority, @max_load,
  @state, @metadata, CASE WHEN @begins THEN drawn.position ELSE 0 END, CASE WHEN @streams THEN drawn.position ELSE 0 END,
  drawn.at + @recovery_delay * interval '1 microsecond', CASE WHEN @asks THEN drawn.at END
FROM drawn
ON CONFLICT (project_id, agent_id) DO UPDATE SET
  version = stored.version + CASE WHEN @changes THEN 1 ELSE 0 END,
  position = CASE WHEN @changes THEN excluded.position ELSE stored.position END,
  update_time = CASE WHEN @changes THEN excluded.update_time ELSE stored.update_time END,
  type = excluded.type, capabilities = excluded.capabilities, labels = excluded.labels, terms = excluded.terms,
  priority = excluded.priority, max_load = excluded.max_load, state = excluded.state, metadata = excluded.metadata,
  incarnation = CASE WHEN @begins THEN excluded.incarnation ELSE stored.incarnation END,
  stream = CASE WHEN @streams THEN excluded.stream ELSE stored.stream END,
  recovery_time = excluded.recovery_time, asked_time = excluded.asked_time
