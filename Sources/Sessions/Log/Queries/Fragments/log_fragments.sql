-- What statements on logs include.

-- event_columns:
project_id, session_id, sequence, position, ordinal, at, {provenance_columns}, type, actor

-- small_body:
-- Of what feeds hold in memory; larger ones are read when they are sent (`event_bodies`).
CASE WHEN octet_length(body) <= 1024 THEN body END AS body

-- after_cursor:
position >= @position AND (position, ordinal) > (@position, @ordinal) AND position <= @through

-- lineage:
-- An item of a FROM: whose events make up the log of a session, and up to which. Of a fork those of its ancestors, each of
-- which has them from where the one before it ends, and at last its own.
(
  SELECT ancestor_id AS session_id, through_sequence FROM session_ancestor
  WHERE project_id = @project AND session_id = @session
  UNION ALL
  SELECT @session::text COLLATE "C", 9223372036854775807
)

-- log_extent:
-- How far the log of a session is. When nothing of it is kept any more, the next event will be the oldest.
SELECT head.last_sequence, session.delete_time IS NOT NULL AS is_deleted,
  coalesce(session.fork_sequence, 0) AS shared_sequence, coalesce((
    SELECT oldest.sequence
    FROM (SELECT * FROM {lineage} AS part ORDER BY through_sequence) AS part
    CROSS JOIN LATERAL (
      SELECT sequence FROM session_event
      WHERE project_id = @project AND session_id = part.session_id AND sequence <= part.through_sequence
      ORDER BY sequence LIMIT 1
    ) AS oldest
    ORDER BY part.through_sequence LIMIT 1
  ), head.last_sequence + 1) AS oldest_sequence
FROM session_head AS head JOIN session USING (project_id, session_id)
WHERE project_id = @project AND session_id = @session

-- appending:
-- Expressions of a WITH that follow `admitted`: where the log was, at which position and time it grows, and when the session
-- expires then. No row in `admitted`, nothing written. In the log only its last place decides what comes next, and whoever
-- appends has locked it.
head AS (
  UPDATE session_head AS head SET
    last_sequence = admitted.last_sequence + cardinality(@types::smallint[]),
    last_event_time = CASE WHEN cardinality(@types::smallint[]) > 0 THEN admitted.at ELSE head.last_event_time END,
    expire_time = admitted.expire_time,
    look_time = least(head.look_time, admitted.expire_time)
  FROM admitted
  WHERE head.project_id = @project AND head.session_id = @session
  RETURNING head.last_sequence, head.expire_time
), events AS (
  INSERT INTO session_event (project_id, session_id, sequence, position, ordinal, at, {provenance_columns}, type, actor,
    is_published, severity, performance_delta, from_state, to_state, processing_time, tokens, entities, body)
  SELECT @project, @session, admitted.last_sequence + event.place, admitted.position, event.place - 1, admitted.at,
    {provenance}, event.type, event.actor, @is_published, event.severity, event.performance_delta, event.from_state,
    event.to_state, event.processing_time, event.tokens,
    ARRAY(SELECT jsonb_array_elements_text(event.entities)), event.body
  FROM admitted, unnest(@types::smallint[], @actors::text[], @severities::smallint[], @performance_deltas::float8[],
      @from_states::smallint[], @to_states::smallint[], @processing_times::bigint[], @tokens::integer[],
      @entities::jsonb[], @bodies::bytea[])
    WITH ORDINALITY AS event (type, actor, severity, performance_delta, from_state, to_state, processing_time, tokens,
      entities, body, place)
), about AS (
  INSERT INTO session_entity (project_id, entity_id, session_id, sequence)
  SELECT @project, entity, @session, admitted.last_sequence + event.place
  FROM admitted, unnest(@entities::jsonb[]) WITH ORDINALITY AS event (entities, place),
    jsonb_array_elements_text(event.entities) AS entity
)
