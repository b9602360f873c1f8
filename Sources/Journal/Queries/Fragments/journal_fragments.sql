-- What statements of all domains include.
--
-- {draw} is how a statement that is a whole write draws its position: as the first expressions of its WITH, when the
-- lease under which it is made is current (NULL for none). No row in `draw`, nothing written.

-- draw:
fence AS MATERIALIZED (
  SELECT FROM lease WHERE project_id = @project AND lease_id = @by_lease AND epoch = @by_epoch FOR SHARE
), draw AS MATERIALIZED (
  SELECT nextval('journal_position') AS position, clock_timestamp() AS at
  WHERE @by_lease::text IS NULL OR EXISTS (SELECT FROM fence)
)

-- named_draw:
-- Stands in the place of {draw} where the request has an id and is made under no lease. The answer is kept first; no row in
-- `draw` where it was kept before, so a repetition writes nothing and fails nobody who shares its transaction.
draw AS MATERIALIZED (
  INSERT INTO request (project_id, principal, method, request_id, hash, answer, position, at, expire_time)
  SELECT @project, @by_principal, @by_operation, @request_id, @hash, @answer, position, at,
    at + @seconds * interval '1 second'
  FROM (SELECT nextval('journal_position') AS position, clock_timestamp() AS at) AS drawn
  ON CONFLICT (project_id, principal, method, request_id) DO NOTHING
  RETURNING position, at
)

-- provenance_columns:
principal, agent, session, task, lease, lease_epoch, operation

-- provenance:
@by_principal, @by_agent, @by_session, @by_task, @by_lease, @by_epoch, @by_operation

-- change_columns:
project_id, position, ordinal, at, {provenance_columns}, kind, id, action, old_version, new_version

-- operation_columns:
project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
