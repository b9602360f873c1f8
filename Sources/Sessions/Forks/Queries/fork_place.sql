-- What decides whether the log of a session can be shared up to @sequence, NULL for its last event: the first event that is
-- kept, and of how many sessions the events are. And whether the id of the fork is taken.
SELECT log.oldest_sequence, (
    SELECT count(*) FROM session_ancestor
    WHERE project_id = @project AND session_id = @session
      AND from_sequence <= coalesce(@sequence::bigint, log.last_sequence)
  ) + (coalesce(@sequence::bigint, log.last_sequence) > log.shared_sequence)::integer AS sessions,
  EXISTS (SELECT FROM session WHERE project_id = @project AND session_id = @id) AS is_taken
FROM (
{log_extent}
) AS log
