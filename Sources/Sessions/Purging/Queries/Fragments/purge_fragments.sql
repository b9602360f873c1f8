-- What statements on purging include. In conditions `session` is a row of that table, and `hold` one of {held}.

-- over_time:
least(session.end_time, session.delete_time)

-- is_over:
-- Whether it has been over for long enough.
least(session.end_time, session.delete_time) <= now() - @older_than * interval '1 microsecond' AND NOT session.is_purged
AND (NOT @deleted_only OR session.delete_time <= now() - @older_than * interval '1 microsecond')

-- held:
-- An item of a FROM: the earliest moment of the project that somebody holds, NULL for none; an export holds all there is. Holds
-- whose ids begin with `session-` are for single sessions, such as those of their checkpoints, and do not count here.
(
  SELECT min(CASE WHEN kind = 'export' THEN 0 ELSE position END) AS position
  FROM (
    SELECT * FROM hold WHERE project_id = @project AND hold_id < 'session-'
    UNION ALL
    SELECT * FROM hold WHERE project_id = @project AND hold_id >= 'session.'
  ) AS hold
  WHERE until > clock_timestamp()
)

-- is_free:
-- Whether nothing but forks needs it as it was: what is kept of single sessions has its condition here.
(hold.position IS NULL OR session.delete_time IS NOT NULL AND session.position <= hold.position)
AND NOT EXISTS (
  SELECT FROM session_recording AS recording
  WHERE recording.project_id = @project AND recording.session_id = session.session_id
)
