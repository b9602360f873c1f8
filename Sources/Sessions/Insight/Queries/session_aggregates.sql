-- Figures of the sessions about some entities, from named fragments: a row for all of them, without an entity, and one for each
-- that has events which count.

-- places:
WITH place AS MATERIALIZED (
  SELECT wanted.entity_id, about.session_id, about.sequence, about.number
  FROM unnest(@entities::text[]) AS wanted (entity_id)
  CROSS JOIN LATERAL (
    SELECT session_id, sequence, row_number() OVER (ORDER BY session_id DESC, sequence DESC) AS number
    FROM session_entity
    WHERE project_id = @project AND session_entity.entity_id = wanted.entity_id
    ORDER BY session_id DESC, sequence DESC LIMIT @look + 1
  ) AS about
), counted AS MATERIALIZED (
  SELECT about.entity_id, about.session_id, about.sequence, actor, severity, performance_delta, to_state, outcome
  FROM place AS about
  CROSS JOIN LATERAL (
    SELECT actor, severity, performance_delta, to_state, at FROM session_event AS event
    WHERE event.project_id = @project AND event.session_id = about.session_id AND {at_place}
  ) AS event
  CROSS JOIN LATERAL (
    SELECT state, outcome FROM session
    WHERE project_id = @project AND session_id = about.session_id AND delete_time IS NULL
    LIMIT 1
  ) AS session
  WHERE about.number <= @look
-- agent:
    AND actor = @agent
-- from_sequence:
    AND about.sequence >= @from_sequence
-- to_sequence:
    AND about.sequence <= @to_sequence
-- start_time:
    AND at >= @start_time
-- end_time:
    AND at < @end_time
-- timeframe:
    AND at > statement_timestamp() - @timeframe * interval '1 microsecond'
-- states:
    AND state = ANY (@states::smallint[])
-- outcomes:
    AND outcome = ANY (@outcomes::smallint[])
-- end:
), event AS (
  SELECT DISTINCT ON (session_id, sequence) * FROM counted
)
SELECT NULL AS entity_id, statement_timestamp() AS now,
  EXISTS (SELECT FROM place WHERE number > @look) AS is_cut,
  (array_agg(DISTINCT actor) FILTER (WHERE actor <> ''))[1:1000] AS actors, {impact_figures}
FROM event
UNION ALL
SELECT entity_id, statement_timestamp(), false, NULL, {impact_figures}
FROM counted
GROUP BY entity_id
