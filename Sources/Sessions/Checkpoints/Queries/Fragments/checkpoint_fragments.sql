-- What statements on checkpoints include.

-- checkpoint_columns:
session_id, checkpoint_id, position, sequence, create_time, kind, title, agent, state, agents, outcome, key_impacts,
performance_delta
