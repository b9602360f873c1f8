-- The time that lies some microseconds ago, and how many recordings began before it.
SELECT cutoff, (
    SELECT count(*) FROM session_recording WHERE project_id = @project AND start_time < cutoff) AS total
FROM (SELECT clock_timestamp() - @age * interval '1 microsecond' AS cutoff) AS cut
