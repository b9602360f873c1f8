-- Which contexts there are, neither deleted nor expired, by their places. The limit makes each a look into the index,
-- whatever the planner expects.
SELECT wanted.place - 1 AS place
FROM unnest(@ids::text[]) WITH ORDINALITY AS wanted (id, place)
CROSS JOIN LATERAL (
  SELECT FROM context
  WHERE project_id = @project AND context_id = wanted.id AND delete_time IS NULL
    AND (expire_time IS NULL OR expire_time > now())
  LIMIT 1
) AS there
