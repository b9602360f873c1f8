-- Writes down the end of some recordings that have ended by themselves, some time ago: appends of before have committed or
-- are gone by then. 2: MAX_DURATION.
WITH due AS MATERIALIZED (
  SELECT recording_id FROM session_recording
  WHERE project_id = @project AND end_time IS NULL
    AND expire_time <= clock_timestamp() - @grace * interval '1 microsecond'
  ORDER BY expire_time LIMIT @limit
  FOR UPDATE SKIP LOCKED
)
UPDATE session_recording AS recording SET
  end_time = recording.expire_time, end_reason = 2,
  last_sequence = session_sequence_at(@project, recording.session_id, first_sequence, head.last_sequence, recording.expire_time)
FROM due, session_head AS head
WHERE recording.project_id = @project AND recording.recording_id = due.recording_id
  AND head.project_id = @project AND head.session_id = recording.session_id
