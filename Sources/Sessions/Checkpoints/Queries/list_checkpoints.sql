-- A page of a session's checkpoints, the newest first; @kinds may be empty for all. Pages have a row more than asked for,
-- and end early where they outgrow a bound in bytes; `total` is how many there would be without it.
SELECT {checkpoint_columns}, total
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(agents::text) + octet_length(key_impacts::text) + octet_length(title) + 500)
      OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *
    FROM (
      (SELECT {checkpoint_columns} FROM session_checkpoint
      WHERE project_id = @project AND session_id = @session AND position < @before
        AND (@kinds::smallint[] = '{}' OR kind = ANY (@kinds::smallint[]))
      ORDER BY position DESC LIMIT @limit)
      UNION ALL
      SELECT checkpoint.*
      FROM session_ancestor AS part
      CROSS JOIN LATERAL (
        SELECT {checkpoint_columns} FROM session_checkpoint
        WHERE project_id = @project AND session_id = part.ancestor_id AND sequence <= part.through_sequence
          -- Those after the fork need not be looked through.
          AND position <= least(@before - 1, (
            SELECT last.position FROM session_event AS last
            WHERE last.project_id = @project AND last.session_id = part.ancestor_id
              AND last.sequence = part.through_sequence
          ))
          AND (@kinds::smallint[] = '{}' OR kind = ANY (@kinds::smallint[]))
        ORDER BY position DESC LIMIT @limit
      ) AS checkpoint
      WHERE part.project_id = @project AND part.session_id = @session
    ) AS checkpoint
    ORDER BY position DESC
    LIMIT @limit
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
