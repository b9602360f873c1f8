-- Deletes some events of locked sessions, the oldest of each first, so that what is left looks as if the others were pruned:
-- about @limit, and until they have @bytes together. Places have no gaps: so no more are read than may go.
WITH open AS MATERIALIZED (
  SELECT wanted.id, oldest.sequence
  FROM unnest(@ids::text[]) AS wanted (id)
  CROSS JOIN LATERAL (
    SELECT sequence FROM session_event WHERE project_id = @project AND session_id = wanted.id
    ORDER BY sequence LIMIT 1
  ) AS oldest
)
DELETE FROM session_event AS old
USING (
  SELECT session_id, sequence, position
  FROM (
    SELECT event.session_id, event.sequence, event.position,
      sum(octet_length(event.body)) OVER (ORDER BY event.session_id, event.sequence) - octet_length(event.body)
        AS bytes_before
    FROM open
    JOIN session_event AS event ON event.project_id = @project AND event.session_id = open.id
      AND event.sequence >= open.sequence
      AND event.sequence <= open.sequence + @limit / (SELECT count(*) FROM open)
  ) AS measured
  WHERE bytes_before < @bytes
) AS chosen
WHERE old.project_id = @project AND old.session_id = chosen.session_id AND old.sequence = chosen.sequence
  AND old.position = chosen.position
