-- Pages of events, from named fragments: where they come from, how many of these are looked at, which of them are found, and
-- what is returned of each. The page holds one row more than asked for, and ends early where events outgrow a bound. Its rows say
-- how many were looked at, and which one was last; one row without an event when nothing was found, none when nothing was looked at.

-- suspects:
      AND {suspect}
-- after:
      AND position >= @position AND (position, ordinal) > (@position, @ordinal)
-- before:
      AND position <= @position AND (position, ordinal) < (@position, @ordinal)
-- transitions:
  ) AS candidate
), found AS (
  SELECT number, looked.session_id, looked.position, looked.ordinal, rules
  FROM looked
  LEFT JOIN LATERAL (
    -- Places have no gaps. The limit makes sure that no other part is looked into.
    SELECT event.type, event.to_state
    FROM (
      SELECT session_id FROM part
      WHERE looked.sequence - 1 BETWEEN part.from_sequence AND part.through_sequence
      LIMIT 1
    ) AS part CROSS JOIN LATERAL (
      SELECT type, to_state FROM session_event AS event
      WHERE event.project_id = @project AND event.session_id = part.session_id
        AND event.sequence >= looked.sequence - 1 AND event.sequence <= looked.sequence - 1
      ORDER BY event.sequence LIMIT 1
    ) AS event
  ) AS previous ON true
  CROSS JOIN LATERAL (
    SELECT array_remove(ARRAY[
      CASE WHEN looked.to_state = 2 AND previous.to_state = 1 THEN 1 END,
      CASE WHEN looked.type = 2 AND previous.type = 3 THEN 2 END,
      CASE WHEN looked.severity >= 3 THEN 3 END,
      CASE WHEN looked.performance_delta < -5 THEN 4 END
    ]::smallint[], NULL) AS rules
  ) AS met
  WHERE cardinality(rules) > 0
-- about_any:
    AND cardinality(entities) > 0
-- page:
  ORDER BY number LIMIT @limit
), page AS (
  SELECT rules, {event.event_columns}, event.entities, event.body,
    row_number() OVER (ORDER BY number) AS place,
    sum(octet_length(event.body) + @entity_bytes * cardinality(event.entities))
      OVER (ORDER BY number ROWS UNBOUNDED PRECEDING) AS bytes
  FROM found
  CROSS JOIN LATERAL (
    SELECT * FROM session_event AS event
    WHERE event.project_id = @project AND event.session_id = found.session_id AND event.position = found.position
      AND event.ordinal = found.ordinal
    LIMIT 1
  ) AS event
)
SELECT extent.looked, extent.position AS looked_position, extent.ordinal AS looked_ordinal,
  (SELECT count(*) FROM page) AS total, {page.event_columns}, page.body
-- with_rules:
  , page.rules
-- with_previous:
  -- Of each entity of an event the event before that was about it.
  , CASE WHEN page.place IS NOT NULL THEN ARRAY(
      SELECT coalesce((
          SELECT about.sequence
          FROM (
            SELECT * FROM part WHERE from_sequence < page.sequence ORDER BY through_sequence DESC
          ) AS part CROSS JOIN LATERAL (
            SELECT about.sequence FROM session_entity AS about
            WHERE about.project_id = @project AND about.entity_id = entity.id AND about.session_id = part.session_id
              AND about.sequence <= least(page.sequence - 1, part.through_sequence)
            ORDER BY about.sequence DESC LIMIT 1
          ) AS about
          ORDER BY part.through_sequence DESC LIMIT 1
        ), 0)
      FROM unnest(page.entities) WITH ORDINALITY AS entity (id, place)
      ORDER BY entity.place
    ) END AS previous
-- end:
FROM (SELECT number AS looked, position, ordinal FROM looked ORDER BY number DESC LIMIT 1) AS extent
LEFT JOIN page ON page.place <= @at_least OR page.bytes <= @bytes
ORDER BY page.place
