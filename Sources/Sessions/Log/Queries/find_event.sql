-- How far the log of a session is, and where in the journal one of its events stands, if it is kept.
SELECT log.last_sequence, log.oldest_sequence, log.is_deleted, event.position, event.ordinal
FROM (
{log_extent}
) AS log
LEFT JOIN session_event AS event
  ON event.project_id = @project AND event.session_id = @session AND event.sequence = @sequence
