-- Stores a checkpoint in a write that has drawn its position.
INSERT INTO session_checkpoint (project_id, {checkpoint_columns})
SELECT @project, @session, @id, drawn.position, @sequence, drawn.at, @kind, @title, @agent, @state, @agents, @outcome,
  @key_impacts, @performance_delta
FROM drawn
