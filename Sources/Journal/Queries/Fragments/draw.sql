-- How a statement that is a whole write draws its position: as the first expressions of its WITH, when the lease under
-- which it is made is current ($1 project, $6 lease, $7 epoch; NULL for none). No row in `draw`, nothing written.
fence AS MATERIALIZED (
  SELECT FROM lease WHERE project_id = $1 AND lease_id = $6 AND epoch = $7 FOR SHARE
), draw AS MATERIALIZED (
  SELECT nextval('journal_position') AS position, clock_timestamp() AS at
  WHERE $6::text IS NULL OR EXISTS (SELECT FROM fence)
)
