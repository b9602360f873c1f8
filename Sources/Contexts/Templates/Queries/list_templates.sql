-- A page of templates by id, one more than asked for, ending early where they outgrow a bound: $1 project, $2
-- the last id of the page before, $3 whether deleted ones are listed, $4 how many, $5 bytes. The last column
-- is how many there would be without the bound in bytes.
SELECT template_id, version, position, create_time, update_time, delete_time, definition, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(definition)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT * FROM template
    WHERE project_id = $1 AND template_id > $2 AND ($3 OR delete_time IS NULL)
    ORDER BY template_id
    LIMIT $4
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= $5
ORDER BY place
