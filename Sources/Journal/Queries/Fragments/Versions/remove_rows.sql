-- Removes locked rows that are kept as history: $1 project, then the keys of the rows.
DELETE FROM {current} AS stored
USING {wanted_rows $2}
WHERE stored.project_id = $1 AND {stored.is_wanted_row}
