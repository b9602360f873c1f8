-- A page of a session's checkpoints, the newest first; @kinds may be empty for all. Pages have a row more than asked for,
-- and end early where they outgrow a bound in bytes; `total` is how many there would be without it.
SELECT {checkpoint_columns}, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(agents::text) + octet_length(key_impacts::text) + octet_length(title) + 500)
      OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT {checkpoint_columns}
    FROM session_checkpoint
    WHERE project_id = @project AND session_id = @session AND position < @before
      AND (@kinds::smallint[] = '{}' OR kind = ANY (@kinds::smallint[]))
    ORDER BY position DESC
    LIMIT @limit
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
