-- A page of a session's log, from named fragments: those that a request needs are put together in this order. The page holds
-- one row more than asked for, which says whether another page follows, and ends early where events outgrow a bound. One row
-- without an event when there are none, no row when there is no session.

-- log:
WITH log AS (
{log_extent}
), page AS (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(body)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {event_columns}, body FROM session_event WHERE project_id = @project AND session_id = @session
-- from:
    AND sequence >= @from
-- to:
    AND sequence <= @to
-- types:
    AND type = ANY (@types::smallint[])
-- agents:
    AND actor = ANY (@agents)
-- oldest_first:
    ORDER BY sequence LIMIT @limit
-- newest_first:
    ORDER BY sequence DESC LIMIT @limit
-- end:
  ) AS page
)
SELECT log.last_sequence, log.oldest_sequence, log.is_deleted, page.total, {page.event_columns}, page.body
FROM log LEFT JOIN page ON page.place = 1 OR page.bytes <= @bytes
ORDER BY page.place
