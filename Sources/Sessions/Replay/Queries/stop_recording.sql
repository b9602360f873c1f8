-- Ends a locked recording in a write that has drawn its position. 1: STOPPED.
UPDATE session_recording SET end_time = drawn.at, end_reason = 1, last_sequence = @last_sequence
FROM drawn
WHERE project_id = @project AND recording_id = @id
