-- A page of templates by id, one more than asked for, ending early where they outgrow a bound in bytes; `total` is how many
-- there would be without it.
SELECT {template_columns}, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(definition)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT * FROM template
    WHERE project_id = @project AND template_id > @after AND (@show_deleted OR delete_time IS NULL)
    ORDER BY template_id
    LIMIT @limit
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
