-- What statements on what logs tell include.

-- parts:
-- An expression of a WITH: whose events make up the log of a session, from which to which, and where in the journal the last of
-- them stands. An ancestor whose last one is no longer kept has none that is.
part AS MATERIALIZED (
  SELECT ancestor_id AS session_id, from_sequence, through_sequence, last.position AS through_position
  FROM session_ancestor AS ancestor
  CROSS JOIN LATERAL (
    SELECT position FROM session_event AS event
    WHERE event.project_id = @project AND event.session_id = ancestor.ancestor_id
      AND event.sequence >= ancestor.through_sequence AND event.sequence <= ancestor.through_sequence
    ORDER BY event.sequence LIMIT 1
  ) AS last
  WHERE ancestor.project_id = @project AND ancestor.session_id = @session
  UNION ALL
  SELECT @session::text COLLATE "C", coalesce((
      SELECT max(through_sequence) FROM session_ancestor WHERE project_id = @project AND session_id = @session
    ), 0) + 1, 9223372036854775807, 9223372036854775807
)

-- of_part:
-- The events of a part of a log. Without the last condition those of an ancestor after the fork would be looked through, too.
session_event AS event
WHERE event.project_id = @project AND event.session_id = part.session_id AND sequence <= part.through_sequence
  AND position <= part.through_position

-- at_place:
-- The event at a place of a log. The order makes sure of the primary key, also of tables that were never analysed: any other
-- index would go through the session for each event.
event.sequence >= about.sequence AND event.sequence <= about.sequence ORDER BY event.sequence LIMIT 1

-- delta:
-- Of sums: a hundred thousand of the largest numbers would add up to none.
CASE WHEN abs(performance_delta) > 1e300 THEN sign(performance_delta) * '1e300'::float8 ELSE performance_delta END

-- suspect:
-- What every transition is; word by word as in the index.
(to_state = 2 OR type = 2 OR severity >= 3 OR performance_delta < -5)

-- looked_columns:
event.session_id, event.sequence, position, ordinal, at, type, actor, severity, performance_delta, to_state, entities

-- from_session:
-- Part by part, as many as are needed: the order of parts is the one that they are read in.
WITH {parts}, looked AS MATERIALIZED (
  SELECT candidate.*, row_number() OVER () AS number
  FROM (
    SELECT event.*
    FROM (SELECT * FROM part ORDER BY through_sequence) AS part CROSS JOIN LATERAL (
      SELECT {looked_columns} FROM {of_part}

-- from_end_of_session:
WITH {parts}, looked AS MATERIALIZED (
  SELECT candidate.*, row_number() OVER () AS number
  FROM (
    SELECT event.*
    FROM (SELECT * FROM part ORDER BY through_sequence DESC) AS part CROSS JOIN LATERAL (
      SELECT {looked_columns} FROM {of_part}

-- from_entity:
WITH looked AS MATERIALIZED (
  SELECT candidate.*, row_number() OVER () AS number
  FROM (
    SELECT {looked_columns}
    FROM (
      SELECT session_id, sequence FROM session_entity
      WHERE project_id = @project AND entity_id = @entity
      ORDER BY session_id DESC, sequence DESC LIMIT @most
    ) AS about
    CROSS JOIN LATERAL (
      SELECT * FROM session_event AS event
      WHERE event.project_id = @project AND event.session_id = about.session_id AND {at_place}
    ) AS event
    WHERE true

-- from_project:
WITH looked AS MATERIALIZED (
  SELECT candidate.*, row_number() OVER () AS number
  FROM (
    SELECT {looked_columns}
    FROM session_event AS event
    WHERE project_id = @project

-- oldest_first:
    ORDER BY position, ordinal LIMIT @look

-- newest_first:
    ORDER BY position DESC, ordinal DESC LIMIT @look

-- oldest_of_session:
      ORDER BY position, ordinal LIMIT @look
    ) AS event
    ORDER BY part.through_sequence, event.position, event.ordinal LIMIT @look

-- newest_of_session:
      ORDER BY position DESC, ordinal DESC LIMIT @look
    ) AS event
    ORDER BY part.through_sequence DESC, event.position DESC, event.ordinal DESC LIMIT @look

-- found:
  ) AS candidate
), found AS (
  SELECT number, session_id, position, ordinal, at, type, actor, severity, '{}'::smallint[] AS rules
  FROM looked
  WHERE true

-- of_agent:
    AND actor = @agent

-- about:
    AND @entity = ANY (entities)

-- of_types:
    AND type = ANY (@types::smallint[])

-- live:
    -- Row by row: a join might go through all sessions.
    AND (SELECT delete_time IS NULL FROM session WHERE project_id = @project AND session_id = looked.session_id)

-- impact_figures:
-- Of events, each once for every session.
count(DISTINCT session_id) AS sessions, count(*) AS events, count(DISTINCT actor) FILTER (WHERE actor <> '') AS agents,
ARRAY[
  count(DISTINCT session_id) FILTER (WHERE outcome = 0), count(DISTINCT session_id) FILTER (WHERE outcome = 1),
  count(DISTINCT session_id) FILTER (WHERE outcome = 2), count(DISTINCT session_id) FILTER (WHERE outcome = 3),
  count(DISTINCT session_id) FILTER (WHERE outcome = 4), count(DISTINCT session_id) FILTER (WHERE outcome = 5)
] AS outcomes,
ARRAY[
  0, count(*) FILTER (WHERE to_state = 1), count(*) FILTER (WHERE to_state = 2), count(*) FILTER (WHERE to_state = 3)
] AS states,
{severities} AS severities,
coalesce(sum({delta}), 0) AS delta,
-- Of large numbers avg() squares each.
sum({delta}) / nullif(count(performance_delta), 0) AS average_delta, min({delta}) AS worst_delta

-- severities:
-- How many events have which one, from 0.
ARRAY[
  count(*) FILTER (WHERE severity = 0), count(*) FILTER (WHERE severity = 1), count(*) FILTER (WHERE severity = 2),
  count(*) FILTER (WHERE severity = 3), count(*) FILTER (WHERE severity = 4)
]

-- latest_severity:
-- That of the newest event that has one; 0 where none has. A sequence number has room for it below.
coalesce(max(sequence * 8 + severity) FILTER (WHERE severity > 0) % 8, 0)::integer

-- anchor_columns:
session_id, checkpoint_id, position, sequence, kind, title, outcome, create_time
