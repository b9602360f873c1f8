-- One step of a walk from all contexts that the step before came to, from named fragments put together in this
-- order, conditions on relationships after `begin` and on contexts after `reached`. Limits inside the joins make
-- each of them a look into an index, whatever the planner expects. `last_step` without `reached` takes contexts
-- for there that may be gone.

-- begin:
WITH visible AS NOT MATERIALIZED (
  SELECT from_id, kind, name, to_id, weight FROM relationship
  WHERE project_id = @project
-- begin_then:
WITH visible AS NOT MATERIALIZED (
  SELECT from_id, kind, name, to_id, weight FROM (
    SELECT from_id, kind, name, to_id, weight, valid_from, valid_to FROM relationship
    WHERE project_id = @project AND position <= @position
    UNION ALL
    SELECT from_id, kind, name, to_id, weight, valid_from, valid_to FROM relationship_version
    WHERE project_id = @project AND from_position <= @position AND position > @position
  ) AS past
  WHERE true
-- step:
)
SELECT frontier.place - 1 AS place, step.kind, step.name, step.next, step.weight, step.reversed, reached.matches
-- last_step:
)
SELECT frontier.place - 1 AS place, step.kind, step.name, step.next, step.weight, step.reversed, true AS matches
-- frontier:
FROM unnest(@frontier::text[]) WITH ORDINALITY AS frontier (id, place)
CROSS JOIN LATERAL (
-- out:
  (SELECT kind, name, to_id AS next, weight, false AS reversed FROM visible
  WHERE from_id = frontier.id
  ORDER BY kind, name, to_id
  LIMIT @limit)
-- and:
  UNION ALL
-- in:
  (SELECT kind, name, from_id AS next, weight, true AS reversed FROM visible
  WHERE to_id = frontier.id
  ORDER BY kind, name, from_id
  LIMIT @limit)
-- in_too:
  (SELECT kind, name, from_id AS next, weight, true AS reversed FROM visible
  WHERE to_id = frontier.id AND from_id <> to_id
  ORDER BY kind, name, from_id
  LIMIT @limit)
-- steps:
) AS step
-- reached:
CROSS JOIN LATERAL (
  SELECT true
-- where:
  AS matches
  FROM context
  WHERE project_id = @project AND context_id = step.next AND delete_time IS NULL
    AND (expire_time IS NULL OR expire_time > now())
  LIMIT 1
) AS reached
-- where_then:
  AS matches
  FROM (
    SELECT project_id, position, create_time, update_time, delete_time, type, status, owner, session, tags,
      expire_time, purge_time
    FROM context
    WHERE project_id = @project AND context_id = step.next
    UNION ALL
    (SELECT project_id, from_position, create_time, update_time, delete_time, type, status, owner, session, tags,
      expire_time, purge_time
    FROM context_version AS old
    WHERE project_id = @project AND context_id = step.next AND old.position > @position
    ORDER BY old.position
    LIMIT 1)
  ) AS image
  WHERE position <= @position AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > @time)
  LIMIT 1
) AS reached
-- end_of_step:
ORDER BY frontier.place, step.kind, step.name, step.next, step.reversed
LIMIT @limit
