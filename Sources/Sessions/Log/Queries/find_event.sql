-- How far the log of a session is, and where in the journal one of its events stands, if it is kept.
SELECT log.last_sequence, log.oldest_sequence, log.shared_sequence, log.is_deleted, event.position, event.ordinal
FROM (
{log_extent}
) AS log
LEFT JOIN LATERAL (
  SELECT position, ordinal FROM {lineage} AS part
  JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id
    AND event.sequence = @sequence AND event.sequence <= part.through_sequence
) AS event ON true
