-- What is stored of relationships that are to be written: those that hold at some time between two moments (NULL: now), the
-- one that holds at the first of them before the others and the open one before those that have an end, four of each at
-- most.
SELECT {relationship_columns}, valid_from < moment AS has_begun
FROM unnest({relationship_keys}, @begins::timestamptz[], @ends::timestamptz[])
  AS wanted (wanted_from, wanted_kind, wanted_name, wanted_to, begins, ends)
CROSS JOIN LATERAL (SELECT coalesce(begins, clock_timestamp()) AS moment OFFSET 0) AS time
CROSS JOIN LATERAL (
  SELECT * FROM relationship
  WHERE project_id = @project AND from_id = wanted_from AND kind = wanted_kind AND name = wanted_name
    AND to_id = wanted_to AND valid_to >= moment AND (valid_from < ends OR valid_to = 'infinity')
  ORDER BY valid_from < moment DESC, valid_to DESC
  LIMIT 4
) AS stored
