-- Stores a recording that begins with the write, which has drawn its position and locked the session.
INSERT INTO session_recording (project_id, recording_id, session_id, title, agent, position, first_sequence, start_time,
  expire_time, snapshot_events, snapshot_period, measured_sequence)
SELECT @project, @id, @session, @title, @agent, drawn.position, @first_sequence, drawn.at,
  drawn.at + @max_duration * interval '1 microsecond', @snapshot_events, @snapshot_period, @first_sequence - 1
FROM drawn
