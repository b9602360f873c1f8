-- Appends events to the log of a locked session in a write that has drawn its position, and says when the session expires.
-- There may be no events.
WITH admitted AS (
  SELECT drawn.position, drawn.at, @first_sequence - 1 AS last_sequence,
    CASE @expiry
      WHEN 'renewed' THEN drawn.at + @ttl * interval '1 microsecond'
      WHEN 'grace' THEN least(head.expire_time, drawn.at + @grace * interval '1 microsecond')
      ELSE head.expire_time
    END AS expire_time
  FROM drawn, session_head AS head
  WHERE head.project_id = @project AND head.session_id = @session
), {appending}
SELECT FROM head
