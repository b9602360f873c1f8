-- When the agents of a project are dead, in a write that has drawn its position. How tasks are given out stays as it is.
INSERT INTO coordination_policy (
  project_id, position, update_time, strategy, heartbeat_interval, heartbeat_timeout, missed_heartbeats, recovers,
  recovery_delay)
SELECT @project, drawn.position, drawn.at, 0, @interval, @timeout, @missed, @recovers, @delay FROM drawn
ON CONFLICT (project_id) DO UPDATE SET
  position = excluded.position, update_time = excluded.update_time, heartbeat_interval = excluded.heartbeat_interval,
  heartbeat_timeout = excluded.heartbeat_timeout, missed_heartbeats = excluded.missed_heartbeats,
  recovers = excluded.recovers, recovery_delay = excluded.recovery_delay
