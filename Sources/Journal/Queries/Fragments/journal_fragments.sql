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

-- provenance_columns:
principal, agent, session, task, lease, lease_epoch, operation

-- provenance:
@by_principal, @by_agent, @by_session, @by_task, @by_lease, @by_epoch, @by_operation

-- change_columns:
project_id, position, ordinal, at, {provenance_columns}, kind, id, action, old_version, new_version

-- operation_columns:
project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
