-- Stores a fork, in a write that has drawn its position and keeps the origin as it is: the session, its head, whose log goes on
-- after @sequence, and whose events it has up to there. No event is read or copied.
WITH stored AS (
  INSERT INTO session (project_id, {session_columns}, root, depth)
  SELECT @project, @id, 1, drawn.position, drawn.at, drawn.at, NULL, NULL, @state, 0, @title, @owner, @agents, @entities,
    @metadata, @ttl, @max_events, @checkpoint_interval, @checkpoint, @session, @sequence,
    coalesce(origin.root, origin.session_id), origin.depth + 1
  FROM drawn JOIN session AS origin ON origin.project_id = @project AND origin.session_id = @session
), head AS (
  INSERT INTO session_head (project_id, session_id, last_sequence, expire_time, look_time)
  SELECT @project, @id, @sequence, at + @ttl * interval '1 microsecond', at + @ttl * interval '1 microsecond'
  FROM drawn
)
INSERT INTO session_ancestor (project_id, session_id, ancestor_id, from_sequence, through_sequence)
SELECT @project, @id, ancestor_id, from_sequence, least(through_sequence, @sequence)
FROM session_ancestor
WHERE project_id = @project AND session_id = @session AND from_sequence <= @sequence
UNION ALL
SELECT @project, @id, session_id, coalesce(fork_sequence, 0) + 1, @sequence
FROM session
WHERE project_id = @project AND session_id = @session AND coalesce(fork_sequence, 0) < @sequence
