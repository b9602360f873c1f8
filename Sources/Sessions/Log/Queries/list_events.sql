-- A page of a session's log, from named fragments: those that a request needs are put together in this order. The page holds
-- one row more than asked for, which says whether another page follows, and ends early where events outgrow a bound. One row
-- without an event when there are none, no row when there is no session.
--
-- Without other conditions the page has the next places of the lineage, which have no gaps: so no more rows are read than it
-- has. With some, the session's own events are looked through apart from those that it shares, because the planner knows how
-- many the former are, and takes the latter for as many as others have.

-- log:
WITH log AS (
{log_extent}
), page AS (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(body)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *
    FROM (
-- all:
      SELECT {event.event_columns}, event.body
      FROM {lineage} AS part
      JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id
        AND event.sequence <= part.through_sequence
      WHERE event.sequence >= @from AND event.sequence <= @to
-- next_oldest:
        AND event.sequence < (SELECT least(greatest(@from, oldest_sequence), last_sequence + 1) + @limit FROM log)
-- next_newest:
        AND event.sequence > (SELECT least(@to, last_sequence) - @limit FROM log)
-- some:
      (SELECT {event_columns}, body FROM session_event
      WHERE project_id = @project AND session_id = @session AND sequence >= @from AND sequence <= @to
-- types:
        AND type = ANY (@types::smallint[])
-- agents:
        AND actor = ANY (@agents)
-- own_oldest:
      ORDER BY sequence LIMIT @limit)
-- own_newest:
      ORDER BY sequence DESC LIMIT @limit)
-- shared:
      UNION ALL
      SELECT event.*
      FROM session_ancestor AS part
      CROSS JOIN LATERAL (
        SELECT {event_columns}, body FROM session_event
        WHERE project_id = @project AND session_id = part.ancestor_id AND sequence >= @from
          AND sequence <= least(@to, part.through_sequence)
-- shared_oldest:
        ORDER BY sequence LIMIT @limit
      ) AS event
      WHERE part.project_id = @project AND part.session_id = @session
-- shared_newest:
        ORDER BY sequence DESC LIMIT @limit
      ) AS event
      WHERE part.project_id = @project AND part.session_id = @session
-- oldest_first:
    ) AS event
    ORDER BY sequence LIMIT @limit
-- newest_first:
    ) AS event
    ORDER BY sequence DESC LIMIT @limit
-- end:
  ) AS page
)
SELECT log.last_sequence, log.oldest_sequence, log.is_deleted, page.total, {page.event_columns}, page.body
FROM log LEFT JOIN page ON page.place = 1 OR page.bytes <= @bytes
ORDER BY page.place
