-- A page of operations, from named fragments: those that a request needs are put together in this order. Ids are
-- made in the order of time.

-- all:
SELECT {operation_columns}
FROM operation WHERE project_id = @project
-- kinds:
  AND kind = ANY (@kinds)
-- states:
  AND state = ANY (@states)
-- before:
  AND operation_id < @before
-- page:
ORDER BY operation_id DESC LIMIT @limit
