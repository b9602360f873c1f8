-- The newest messages of a session, the newest first, as long as they have no more than so many tokens together, and so many
-- bytes. 10: MESSAGE.
SELECT {event_columns}, body, tokens, found
FROM (
  SELECT newest.*, count(*) OVER () AS found,
    sum(tokens::bigint) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS total,
    sum(octet_length(body)) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *
    FROM (
      (SELECT {event_columns}, body, tokens FROM session_event
      WHERE project_id = @project AND session_id = @session AND type = 10
      ORDER BY sequence DESC LIMIT @limit)
      UNION ALL
      SELECT event.*
      FROM session_ancestor AS part
      CROSS JOIN LATERAL (
        SELECT {event_columns}, body, tokens FROM session_event
        WHERE project_id = @project AND session_id = part.ancestor_id AND type = 10
          AND sequence <= part.through_sequence
        ORDER BY sequence DESC LIMIT @limit
      ) AS event
      WHERE part.project_id = @project AND part.session_id = @session
    ) AS message
    WHERE EXISTS (SELECT FROM session WHERE project_id = @project AND session_id = @session AND delete_time IS NULL)
    ORDER BY sequence DESC LIMIT @limit
  ) AS newest
) AS measured
WHERE total <= @budget AND bytes <= @bytes
ORDER BY sequence DESC
