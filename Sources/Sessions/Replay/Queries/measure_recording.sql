-- Adds up the bytes of some more events of one recording, the first one of those from @id on that has some; how far that is.
WITH target AS MATERIALIZED (
  SELECT recording_id, recording.session_id, measured_sequence,
    least(measured_sequence + @limit, CASE WHEN end_time IS NOT NULL THEN recording.last_sequence
      WHEN recording.expire_time > now THEN head.last_sequence
      ELSE session_sequence_at(
        recording.project_id, recording.session_id, first_sequence, head.last_sequence, recording.expire_time)
    END) AS goal
  FROM {recordings}
  WHERE recording.project_id = @project AND recording_id >= @id
    AND (@session = '' OR recording.session_id = @session) AND (@recording = '' OR recording_id = @recording)
    AND (end_time IS NULL OR measured_sequence < recording.last_sequence)
    AND (end_time IS NOT NULL OR measured_sequence < head.last_sequence)
  ORDER BY recording_id LIMIT 1
  FOR UPDATE OF recording
)
UPDATE session_recording AS recording SET
  measured_sequence = target.goal, raw_bytes = recording.raw_bytes + sums.raw, stored_bytes = recording.stored_bytes + sums.stored
FROM target, LATERAL (
  SELECT coalesce(sum(octet_length(body)), 0)::bigint AS raw, coalesce(sum(pg_column_size(body)), 0)::bigint AS stored
  FROM session_event AS event
  WHERE event.project_id = @project AND event.session_id = target.session_id
    AND event.sequence > target.measured_sequence AND event.sequence <= target.goal
) AS sums
WHERE recording.project_id = @project AND recording.recording_id = target.recording_id
RETURNING recording.recording_id, target.goal > target.measured_sequence AS is_further
