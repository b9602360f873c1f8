-- A page of sessions, the newest first, from named fragments: those that a request needs are put together in this order.
-- The inner page holds one row more than asked for, which says whether another page follows; the outer one ends early
-- where sessions outgrow a bound.

-- page:
SELECT {session_columns}, {head_columns}, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum({session_bytes}) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {session_columns}, {head_columns}
    FROM session JOIN session_head USING (project_id, session_id)
    WHERE project_id = @project
-- live:
      AND delete_time IS NULL
-- active:
      AND state <> 4 AND (expire_time IS NULL OR expire_time > clock_timestamp())
-- agent:
      AND session_agent_terms(project_id, agents) @> session_agent_terms(@project, ARRAY[@agent::text]) AND agents <> '{}'
-- states:
      AND state = ANY (@states::smallint[])
-- entity:
      AND session_id IN (SELECT session_id FROM session_entity WHERE project_id = @project AND entity_id = @entity)
-- parent:
      AND parent = @parent
-- owner:
      AND owner = @owner AND owner <> ''
-- created_from:
      AND create_time >= @created_from
-- created_before:
      AND create_time < @created_before
-- after:
      AND (create_time, session_id) < (@after_time, @after_id)
-- end:
    ORDER BY create_time DESC, session_id DESC
    LIMIT @limit
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
