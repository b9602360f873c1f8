-- Locks one recording.
SELECT {recording_columns}
FROM {recordings}
WHERE recording.project_id = @project AND recording_id = @id
FOR UPDATE OF recording
