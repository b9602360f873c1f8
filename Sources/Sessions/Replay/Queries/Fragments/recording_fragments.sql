-- What statements on recordings include. A recording ends by itself at `expire_time`, whether that was written down or not.

-- recording_columns:
recording_id, recording.session_id, title, agent, position, first_sequence,
CASE WHEN end_time IS NOT NULL THEN recording.last_sequence
  WHEN recording.expire_time > now THEN head.last_sequence
  ELSE session_sequence_at(recording.project_id, recording.session_id, first_sequence, head.last_sequence, recording.expire_time)
END AS last_sequence,
start_time, recording.expire_time, now,
CASE WHEN end_time IS NULL AND recording.expire_time <= now THEN recording.expire_time ELSE end_time END AS end_time,
-- 2: MAX_DURATION.
CASE WHEN end_time IS NULL AND recording.expire_time <= now THEN 2 ELSE end_reason END AS end_reason,
snapshot_events, snapshot_period

-- recordings:
session_recording AS recording
JOIN session_head AS head USING (project_id, session_id)
CROSS JOIN (SELECT clock_timestamp() AS now) AS clock
