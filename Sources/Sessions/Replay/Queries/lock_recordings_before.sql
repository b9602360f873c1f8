-- Locks some recordings that began before a time, the oldest ones.
SELECT recording_id FROM session_recording
WHERE project_id = @project AND start_time < @cutoff
ORDER BY start_time, recording_id LIMIT @limit
FOR UPDATE
