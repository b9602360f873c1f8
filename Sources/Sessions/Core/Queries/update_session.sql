-- Changes a locked session in a write that has drawn its position: with an end or a deletion, that is now.
UPDATE session SET
  version = version + 1, position = drawn.position, update_time = drawn.at,
  delete_time = CASE WHEN @is_deletion THEN drawn.at END,
  end_time = CASE WHEN @is_end THEN drawn.at ELSE end_time END,
  state = @state, outcome = @outcome, title = @title, owner = @owner, agents = @agents, metadata = @metadata,
  ttl = @ttl, max_events = @max_events, checkpoint_interval = @checkpoint_interval, checkpoint_id = @checkpoint
FROM drawn
WHERE project_id = @project AND session_id = @id
