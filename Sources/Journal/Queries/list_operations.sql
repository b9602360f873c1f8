-- A page of operations, from named fragments: those that a request needs are put together in this order. Ids are
-- made in the order of time.

-- all:
SELECT project_id, operation_id, kind, subject, state, done, total, resume, create_time, update_time, message
FROM operation WHERE project_id = $?
-- kinds:
  AND kind = ANY ($?)
-- states:
  AND state = ANY ($?)
-- before:
  AND operation_id < $?
-- page:
ORDER BY operation_id DESC LIMIT $?
