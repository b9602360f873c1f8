-- Removes locked recordings.
DELETE FROM session_recording WHERE project_id = @project AND recording_id = ANY (@ids::text[])
