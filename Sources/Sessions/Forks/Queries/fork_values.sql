-- The session whose event @sequence of a log is, NULL for the last one, with the values that it had after it; no row where that
-- is no longer kept. After an event within a write, and before an end (7: END), the values are those of before the write;
-- `led_to` is the state to which the events of the write had led by then.
WITH parting AS (
  SELECT event.session_id, event.sequence, event.position,
    event.type = 7 OR EXISTS (
      SELECT FROM session_event AS next
      WHERE next.project_id = @project AND next.session_id = event.session_id AND next.sequence = event.sequence + 1
        AND next.position = event.position
    ) AS is_within
  FROM {lineage} AS part
  JOIN session_event AS event ON event.project_id = @project AND event.session_id = part.session_id
    AND event.sequence <= part.through_sequence
  WHERE event.sequence = coalesce(@sequence::bigint, (
    SELECT last_sequence FROM session_head WHERE project_id = @project AND session_id = @session))
)
SELECT {session_columns}, 0::bigint AS last_sequence, NULL::timestamptz AS last_event_time,
  NULL::timestamptz AS expire_time, (
    SELECT to_state FROM session_event AS event
    WHERE event.project_id = @project AND event.session_id = moment.whose AND event.position = moment.at
      AND event.sequence <= moment.sequence AND to_state IS NOT NULL
    ORDER BY ordinal DESC LIMIT 1
  ) AS led_to
FROM (
  SELECT session_id AS whose, sequence, position AS at, position - is_within::integer AS as_of FROM parting
) AS moment
CROSS JOIN LATERAL (
  SELECT {session_columns} FROM session
  WHERE project_id = @project AND session_id = moment.whose AND position <= moment.as_of
  UNION ALL
  (SELECT {former_session_columns} FROM session_version AS old
  WHERE project_id = @project AND session_id = moment.whose AND old.position > moment.as_of
    AND old.from_position <= moment.as_of
  ORDER BY old.position LIMIT 1)
) AS image
