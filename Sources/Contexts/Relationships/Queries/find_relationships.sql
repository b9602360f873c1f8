-- What is stored of relationships that are to be written: those that hold at some time between two moments,
-- the one that holds at the first of them before the others and the open one before those that have an end,
-- four of each at most. $1 project, then one element a relationship: $2 from, $3 kind, $4 name, $5 to, $6 the
-- first moment (NULL: now), $7 the second one.
SELECT from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time, weight,
  metadata, valid_from < moment
FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
  AS wanted (wanted_from, wanted_kind, wanted_name, wanted_to, begins, ends)
CROSS JOIN LATERAL (SELECT coalesce(begins, clock_timestamp()) AS moment OFFSET 0) AS time
CROSS JOIN LATERAL (
  SELECT * FROM relationship
  WHERE project_id = $1 AND from_id = wanted_from AND kind = wanted_kind AND name = wanted_name
    AND to_id = wanted_to AND valid_to >= moment AND (valid_from < ends OR valid_to = 'infinity')
  ORDER BY valid_from < moment DESC, valid_to DESC
  LIMIT 4
) AS stored
