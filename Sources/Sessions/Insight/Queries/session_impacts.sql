-- What the newest events of a session did to entities, from named fragments. A page of entities ends early where it outgrows a
-- bound; one row without an entity when there are none.

-- impacts:
WITH {parts}, newest AS MATERIALIZED (
  SELECT sequence, actor, severity, performance_delta, at, entities,
    sum(cardinality(entities)) OVER (ROWS UNBOUNDED PRECEDING) AS mentions
  FROM (
    SELECT event.*
    FROM (SELECT * FROM part ORDER BY through_sequence DESC) AS part CROSS JOIN LATERAL (
      SELECT sequence, position, ordinal, actor, severity, performance_delta, at, entities FROM {of_part}
      ORDER BY position DESC, ordinal DESC LIMIT @look
    ) AS event
    ORDER BY part.through_sequence DESC, event.position DESC, event.ordinal DESC LIMIT @look
  ) AS newest
), looked AS MATERIALIZED (
  SELECT * FROM newest
  -- One event alone has fewer.
  WHERE mentions <= @mentions
-- by_agent:
    AND actor = @agent
-- each:
), effect AS (
  -- First by agents, too: to sort the agents of each event would take longer than all else.
  SELECT entity.id AS entity_id, actor, count(*) AS events, {latest_severity} AS latest_severity,
    max(severity) AS highest_severity, coalesce(sum({delta}), 0) AS delta, min(sequence) AS first_sequence,
    max(sequence) AS last_sequence, max(sequence) FILTER (WHERE severity > 0) AS severe_sequence, min(at) AS first_at,
    max(at) AS last_at
  FROM looked, unnest(entities) AS entity (id)
-- after_entity:
  WHERE entity.id > @after
-- entities:
  GROUP BY entity.id, actor
), impact AS (
  SELECT entity_id, sum(events)::bigint AS events,
    coalesce(max(severe_sequence * 8 + latest_severity) % 8, 0)::integer AS latest_severity, max(highest_severity) AS highest_severity,
    sum(delta) AS delta, (array_agg(actor ORDER BY actor) FILTER (WHERE actor <> ''))[1:100] AS actors,
    min(first_sequence) AS first_sequence, max(last_sequence) AS last_sequence, min(first_at) AS first_at,
    max(last_at) AS last_at
  FROM effect
  GROUP BY entity_id
-- by_entity:
  ORDER BY entity_id LIMIT @limit
-- by_count:
  ORDER BY events DESC, entity_id LIMIT @limit
-- end:
), page AS (
  SELECT impact.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(coalesce(octet_length(actors::text), 0) + octet_length(entity_id) + 200) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM impact
)
SELECT share.events AS all_events, share.delta AS all_delta, share.is_cut, page.total, page.entity_id, page.events,
  page.latest_severity, page.highest_severity, page.delta, page.actors, page.first_sequence, page.last_sequence,
  page.first_at, page.last_at
FROM (
  SELECT count(*) AS events, coalesce(sum({delta}), 0) AS delta, EXISTS (
      SELECT FROM part CROSS JOIN LATERAL (
        SELECT FROM session_event AS event
        WHERE event.project_id = @project AND event.session_id = part.session_id
          AND event.sequence <= part.through_sequence
          AND event.sequence < (SELECT min(newest.sequence) FROM newest WHERE mentions <= @mentions)
        ORDER BY event.sequence LIMIT 1
      ) AS older
    ) AS is_cut
  FROM looked
) AS share
LEFT JOIN page ON page.place = 1 OR page.bytes <= @bytes
ORDER BY page.place
