-- In which columns resources differ between two moments: $1 project, $2 and $3 position and time of the earlier moment, $4
-- and $5 those of the later one, then the keys and, of each, the position of one of its changes between the moments. Rows
-- only where that change is the first one: so whoever goes through all changes meets each resource once.
SELECT wanted.place - 1, pair.*
FROM (
  SELECT * FROM {wanted $6 number}
  WHERE NOT EXISTS (
    -- With OFFSET it stays a look-up for each, whatever the planner expects.
    SELECT FROM {history} AS old
    WHERE old.project_id = $1 AND {old.is_wanted} AND old.position > $2 {ended_by wanted.number}
      AND (old.position < wanted.number OR old.from_position > $2 AND old.from_position < wanted.number)
    OFFSET 0
  ) AND NOT EXISTS (
    SELECT FROM {current} AS here
    WHERE here.project_id = $1 AND {here.is_wanted} AND here.position > $2 AND here.position < wanted.number
  ) AND (
    -- A change of something that was purged since has left no trace.
    EXISTS (SELECT FROM {current} AS here WHERE here.project_id = $1 AND {here.is_wanted} AND here.position = wanted.number)
    OR EXISTS (
      SELECT FROM {history} AS old
      WHERE old.project_id = $1 AND {old.is_wanted} AND old.position >= wanted.number
        AND (old.position = wanted.number OR old.from_position = wanted.number)
      OFFSET 0
    )
  )
) AS wanted
CROSS JOIN LATERAL (
  SELECT earlier.version, coalesce(earlier.is_deleted, false), later.version AS later_version,
    coalesce(later.is_deleted, false),
    CASE WHEN earlier.version IS NULL OR later.version IS NULL THEN ARRAY[]::text[]
      ELSE array_remove(ARRAY[{differences}]::text[], NULL) END
  FROM (
    SELECT image.*, {image.is_deleted_at $3} AS is_deleted
    FROM ({row_at $2}) AS image
    WHERE NOT {image.is_gone_at $3}
  ) AS earlier
  FULL JOIN (
    SELECT image.*, {image.is_deleted_at $5} AS is_deleted
    FROM ({row_at $4}) AS image
    WHERE NOT {image.is_gone_at $5}
  ) AS later USING ({row})
  WHERE earlier.position IS DISTINCT FROM later.position
) AS pair
ORDER BY wanted.place
