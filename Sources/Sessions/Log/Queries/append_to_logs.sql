-- Appends one event each to the logs of some sessions, of which `lock_free_heads` has locked those that were free. An append has
-- no row, and nothing is written for it, where its head is not locked, where the session is not open, where the actor takes no
-- part, and from the first place on at which a session is full or a checkpoint is due: `append_to_log` then does it, or says why not.
--
-- The arrays that joins begin with are sub-selects, so that the planner takes them for as long as any: one plan serves all.
WITH draw AS MATERIALIZED (
  SELECT wanted.*, nextval('journal_position') AS position, clock_timestamp() AS at,
    NULL::text AS lease, NULL::bigint AS lease_epoch
  FROM unnest((SELECT @sessions::text[]), @types::smallint[], @actors::text[], @severities::smallint[],
      @performance_deltas::float8[], @processing_times::bigint[], @tokens::integer[], @entities::jsonb[], @bodies::bytea[],
      @are_published::boolean[], @by_principals::text[], @by_agents::text[], @by_sessions::text[], @by_tasks::text[],
      @by_operations::text[])
    WITH ORDINALITY AS wanted (session_id, type, actor, severity, performance_delta, processing_time, tokens, entities, body,
      is_published, principal, agent, session, task, operation, place)
), admitted AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT draw.*, session.state, session.max_events, nullif(session.checkpoint_interval, 0) AS checkpoint_interval,
      draw.at + session.ttl * interval '1 microsecond' AS expire_time, head.last_sequence,
      head.last_sequence + row_number() OVER (PARTITION BY draw.session_id ORDER BY draw.place) AS sequence
    FROM draw
    -- Only a row that this transaction has locked has its id there.
    JOIN session_head AS head ON head.project_id = @project AND head.session_id = draw.session_id
      AND head.xmax = pg_current_xact_id()::xid
    JOIN session ON session.project_id = @project AND session.session_id = draw.session_id
    -- 4: COMPLETED.
    WHERE session.delete_time IS NULL AND session.state <> 4 AND (head.expire_time > draw.at) IS NOT FALSE
      AND (draw.actor = '' OR draw.actor = ANY (session.agents))
  ) AS next
  -- Places rise: where one is beyond, those behind it are.
  WHERE sequence <= max_events
    AND sequence / checkpoint_interval IS NOT DISTINCT FROM last_sequence / checkpoint_interval
), heads AS (
  UPDATE session_head AS head SET
    last_sequence = newest.sequence,
    last_event_time = newest.at,
    expire_time = newest.expire_time,
    look_time = least(head.look_time, newest.expire_time)
  FROM (
    SELECT DISTINCT ON (session_id) session_id, sequence, at, expire_time FROM admitted
    ORDER BY session_id, sequence DESC
  ) AS newest
  WHERE head.project_id = @project AND head.session_id = newest.session_id
), events AS (
  INSERT INTO session_event (project_id, session_id, sequence, position, ordinal, at, {provenance_columns}, type, actor,
    is_published, severity, performance_delta, processing_time, tokens, entities, body)
  SELECT @project, session_id, sequence, position, 0, at, {provenance_columns}, type, actor,
    is_published, severity, performance_delta, processing_time, tokens,
    ARRAY(SELECT jsonb_array_elements_text(entities)), body
  FROM admitted
), about AS (
  INSERT INTO session_entity (project_id, entity_id, session_id, sequence)
  SELECT @project, entity, session_id, sequence FROM admitted, jsonb_array_elements_text(entities) AS entity
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action)
  SELECT @project, position, 0, at, {provenance_columns}, 'session_log', session_id, 'appended' FROM admitted
)
SELECT position, at, state, sequence, expire_time, place FROM admitted
