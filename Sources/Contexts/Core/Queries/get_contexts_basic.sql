-- Several contexts without content and data, in any order. The limit makes each a look into the index, whatever the
-- planner expects.
SELECT found.*, wanted.place - 1 AS place
FROM unnest(@ids::text[]) WITH ORDINALITY AS wanted (id, place)
CROSS JOIN LATERAL (
  SELECT {context_columns},
    context_life(delete_time, expire_time, purge_time, now()) AS life
  FROM context
  WHERE project_id = @project AND context_id = wanted.id
  LIMIT 1
) AS found
