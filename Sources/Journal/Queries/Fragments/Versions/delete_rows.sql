-- Deletes locked resources softly, in a write that has drawn its position: $1 project, $2 the kind's
-- parameter, then the keys of the rows.
UPDATE {current} AS stored SET
  version = stored.version + 1, position = drawn.position, {deleted}
FROM drawn, {wanted_rows $3}
WHERE stored.project_id = $1 AND {stored.is_wanted_row}
