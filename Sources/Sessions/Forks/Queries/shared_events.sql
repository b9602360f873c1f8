-- The next of the events that a fork shares, those that watchers are not sent included; at least one, and no more than fit into
-- a bound. Places have no gaps: so no more are read than wanted.
SELECT {event_columns}, body, is_published
FROM (
  SELECT page.*, row_number() OVER (ORDER BY sequence) AS place,
    sum(octet_length(body)) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event.event_columns}, event.body, event.is_published
    FROM session_ancestor AS part
    JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.ancestor_id
      AND event.sequence > @after AND event.sequence <= least(part.through_sequence, @after + @limit)
    WHERE part.project_id = @project AND part.session_id = @session AND part.through_sequence > @after
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY sequence
