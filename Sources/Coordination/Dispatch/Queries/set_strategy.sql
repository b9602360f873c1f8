-- Says how a project's tasks are given out, in a write that holds the dispatch lock and has drawn its position. The numbers are the
-- defaults of what else the row says: microseconds, and a number of beats.
INSERT INTO coordination_policy AS policy (project_id, position, update_time, strategy, heartbeat_interval,
  heartbeat_timeout, missed_heartbeats, recovers, recovery_delay)
SELECT @project, drawn.position, drawn.at, @strategy, 30000000, 90000000, 3, true, 60000000 FROM drawn
ON CONFLICT (project_id) DO UPDATE
  SET position = excluded.position, update_time = excluded.update_time, strategy = excluded.strategy
