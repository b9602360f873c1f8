-- A page of a session's log, from named fragments: those that a request needs are put together in this order. The page holds
-- one row more than asked for, which says whether another page follows, and ends early where events outgrow a bound. One row
-- without an event when there are none, no row when there is no session.
--
-- Places have no gaps, so a page looks at the next `@look` places of the lineage, session by session, until it is full: without
-- conditions at no more than it has, with some at more, and what lies behind them is left to the next page. Messages alone
-- have an index and are not bounded. The inner bounds are for the planner, as in `recent_events`.

-- log:
WITH log AS (
{log_extent}
), page AS (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(body)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *
    FROM (
-- oldest:
      SELECT event.*
      FROM (SELECT * FROM {lineage} AS part ORDER BY through_sequence) AS part CROSS JOIN LATERAL (
        SELECT {event_columns}, body FROM session_event AS event
        WHERE project_id = @project AND session_id = part.session_id
          AND sequence >= @from AND sequence <= least(@to, part.through_sequence)
-- newest:
      SELECT event.*
      FROM (SELECT * FROM {lineage} AS part ORDER BY through_sequence DESC) AS part CROSS JOIN LATERAL (
        SELECT {event_columns}, body FROM session_event AS event
        WHERE project_id = @project AND session_id = part.session_id
          AND sequence >= @from AND sequence <= least(@to, part.through_sequence)
-- next_oldest:
          AND event.sequence < (SELECT least(greatest(@from, oldest_sequence), last_sequence + 1) + @look FROM log)
-- next_newest:
          AND event.sequence > (SELECT least(@to, last_sequence) - @look FROM log)
-- messages:
          AND type = 10
-- types:
          AND type = ANY (@types::smallint[])
-- agents:
          AND actor = ANY (@agents)
-- of_oldest:
        ORDER BY sequence LIMIT @limit
      ) AS event
      ORDER BY part.through_sequence, event.sequence LIMIT @limit
-- of_newest:
        ORDER BY sequence DESC LIMIT @limit
      ) AS event
      ORDER BY part.through_sequence DESC, event.sequence DESC LIMIT @limit
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
