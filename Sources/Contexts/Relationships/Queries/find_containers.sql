-- What contains certain contexts, directly or by way of others, at some time after a moment (NULL: now), or now: every such
-- relationship.
WITH RECURSIVE above (id) AS (
  SELECT unnest(@ids::text[]) COLLATE "C"
  UNION
  SELECT container.from_id
  FROM above
  CROSS JOIN LATERAL (
    SELECT from_id FROM relationship
    WHERE project_id = @project AND to_id = above.id AND kind = 4 AND name = '' AND valid_to > least(@time, now())
    OFFSET 0
  ) AS container
)
SELECT from_id, to_id, valid_from, valid_to
FROM (SELECT DISTINCT id FROM above) AS contained
CROSS JOIN LATERAL (
  SELECT from_id, to_id, valid_from, valid_to FROM relationship
  WHERE project_id = @project AND to_id = contained.id AND kind = 4 AND name = '' AND valid_to > least(@time, now())
  OFFSET 0
) AS container
LIMIT @limit
