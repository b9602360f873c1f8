-- What contains certain contexts, directly or by way of others, at some time after a moment, or now:
-- every such relationship. $1 project, $2 ids, $3 the moment (NULL: now), $4 how many at most.
WITH RECURSIVE above (id) AS (
  SELECT unnest($2::text[]) COLLATE "C"
  UNION
  SELECT container.from_id
  FROM above
  CROSS JOIN LATERAL (
    SELECT from_id FROM relationship
    WHERE project_id = $1 AND to_id = above.id AND kind = 4 AND name = '' AND valid_to > least($3, now())
    OFFSET 0
  ) AS container
)
SELECT from_id, to_id, valid_from, valid_to
FROM (SELECT DISTINCT id FROM above) AS contained
CROSS JOIN LATERAL (
  SELECT from_id, to_id, valid_from, valid_to FROM relationship
  WHERE project_id = $1 AND to_id = contained.id AND kind = 4 AND name = '' AND valid_to > least($3, now())
  OFFSET 0
) AS container
LIMIT $4
