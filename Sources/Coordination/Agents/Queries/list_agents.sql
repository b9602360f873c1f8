-- A page of agents by id, from named fragments: those that a request needs are put together in this order. It has one row more
-- than asked for, which says whether another page follows, and ends early where agents outgrow a bound.

-- page:
SELECT {page_columns}, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum({agent_bytes}) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {agent_row}
    FROM agent
    WHERE agent.project_id = @project AND agent.agent_id > @after
-- states:
      AND {shown_state} = ANY (@states::smallint[])
-- type:
      AND agent.type = @type
-- capabilities:
      AND agent.capabilities @> @capabilities
-- end:
    ORDER BY agent.agent_id
    LIMIT @limit
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
