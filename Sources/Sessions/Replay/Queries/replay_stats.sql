-- Figures of the newest recordings, as far as they are measured.
SELECT count(*) AS recordings, count(*) FILTER (WHERE is_open) AS open, coalesce(sum(events), 0)::bigint AS events,
  coalesce(sum(raw_bytes), 0)::bigint AS raw_bytes, coalesce(sum(stored_bytes), 0)::bigint AS stored_bytes,
  (avg(extract(epoch FROM duration)) * 1000000)::bigint AS mean_duration, min(start_time) AS oldest, max(start_time) AS newest
FROM (
  SELECT end_time IS NULL AND expire_time > now AS is_open, measured_sequence - first_sequence + 1 AS events, raw_bytes,
    stored_bytes, coalesce(end_time, least(expire_time, now)) - start_time AS duration, start_time
  FROM session_recording CROSS JOIN (SELECT clock_timestamp() AS now) AS clock
  WHERE project_id = @project AND (@session = '' OR session_id = @session) AND (@recording = '' OR recording_id = @recording)
  ORDER BY start_time DESC LIMIT @limit
) AS recording
