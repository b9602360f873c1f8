-- Where something went wrong in a log: few of its events, and asked for as a list. What appends others writes nothing here.
CREATE INDEX session_event_suspect ON session_event (project_id, session_id, position, ordinal)
  WHERE to_state = 2 OR type = 2 OR severity >= 3 OR performance_delta < -5;

-- Which checkpoint follows an event.
CREATE INDEX session_checkpoint_by_sequence ON session_checkpoint (project_id, session_id, sequence);
