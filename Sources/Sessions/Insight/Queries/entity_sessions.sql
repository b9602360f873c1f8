-- A page of the sessions about an entity, those with the last ids first, with what they did to it, from named fragments. It looks
-- at so many places of their logs; a session of which that is not all is left to
-- the next page, unless it is the only one here.
-- One row without a session when none was found, none when nothing was looked at.

-- places:
WITH place AS MATERIALIZED (
  SELECT session_id, sequence, row_number() OVER (ORDER BY session_id DESC, sequence DESC) AS number
  FROM session_entity
  WHERE project_id = @project AND entity_id = @entity
-- after:
    AND session_id < @after
-- events:
  ORDER BY session_id DESC, sequence DESC LIMIT @look + 1
), extent AS (
  SELECT count(*) > @look AS is_full, min(session_id) AS last_id, max(session_id) AS first_id FROM place
), whole AS (
  SELECT place.session_id, place.sequence AS sequence
  FROM place, extent
  WHERE number <= @look AND (NOT is_full OR place.session_id > last_id OR first_id = last_id)
), figures AS (
  SELECT about.session_id, count(found_sequence) AS events, {latest_severity} AS latest_severity,
    coalesce(max(severity), 0) AS highest_severity, {severities} AS severities, coalesce(sum({delta}), 0) AS delta,
    min(found_sequence) AS first_sequence, max(found_sequence) AS last_sequence, min(at) AS first_at, max(at) AS last_at
  FROM whole AS about LEFT JOIN LATERAL (
    SELECT sequence AS found_sequence, severity, performance_delta, at FROM (
      SELECT * FROM session_event AS event
      WHERE event.project_id = @project AND event.session_id = about.session_id AND {at_place}
    ) AS event
    WHERE true
-- agent:
      AND actor = @agent
-- from_sequence:
      AND sequence >= @from_sequence
-- to_sequence:
      AND sequence <= @to_sequence
-- start_time:
      AND at >= @start_time
-- end_time:
      AND at < @end_time
-- sessions:
  ) AS event ON true
  GROUP BY about.session_id
), found AS (
  SELECT {session.session_columns}, {session.head_columns}, figures.events, figures.latest_severity, figures.highest_severity,
    figures.severities, figures.delta, figures.first_sequence, figures.last_sequence AS last_entity_sequence,
    figures.first_at, figures.last_at
  FROM figures
  CROSS JOIN LATERAL (
    SELECT * FROM session JOIN session_head USING (project_id, session_id)
    WHERE project_id = @project AND session_id = figures.session_id AND delete_time IS NULL
    LIMIT 1
  ) AS session
  WHERE true
-- with_events:
    AND figures.events > 0
-- states:
    AND state = ANY (@states::smallint[])
-- outcomes:
    AND outcome = ANY (@outcomes::smallint[])
-- end:
  ORDER BY session_id DESC LIMIT @limit
), page AS (
  SELECT found.*, row_number() OVER (ORDER BY session_id DESC) AS place,
    sum({session_bytes}) OVER (ORDER BY session_id DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM found
)
SELECT extent.is_full, extent.first_id = extent.last_id AS is_one, (SELECT min(session_id) FROM whole) AS looked_id,
  (SELECT count(*) FROM page) AS total, {page.session_columns}, {page.head_columns}, page.events, page.latest_severity,
  page.highest_severity, page.severities, page.delta, page.first_sequence, page.last_entity_sequence, page.first_at,
  page.last_at
FROM extent LEFT JOIN page ON page.place = 1 OR page.bytes <= @bytes
WHERE extent.last_id IS NOT NULL
ORDER BY page.place
