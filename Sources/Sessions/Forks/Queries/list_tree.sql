-- A page of a family: the root on the first one, then the others in the order in which they were created. `is_shown` is false of
-- those that are deleted and have no living descendants among the first @looked that are looked at. Pages have a row more than asked
-- for, and end early where they outgrow a bound in bytes; `total` is how many there would be without it.
SELECT session_id, parent, depth, fork_sequence, state, outcome, title, create_time, delete_time,
  coalesce(last_sequence, 0) AS last_sequence, expire_time, total,
  CASE WHEN delete_time IS NULL THEN true WHEN @show_deleted AND NOT is_purged THEN true ELSE EXISTS (
    WITH RECURSIVE below AS (
      SELECT child.session_id, child.delete_time FROM session AS child
      WHERE child.project_id = @project AND child.parent = measured.session_id
      UNION ALL
      SELECT child.session_id, child.delete_time
      FROM below JOIN session AS child ON child.project_id = @project AND child.parent = below.session_id
      WHERE below.delete_time IS NOT NULL
    )
    SELECT FROM (SELECT delete_time, row_number() OVER () AS number FROM below LIMIT @looked) AS looked
    WHERE delete_time IS NULL OR number = @looked
  ) END AS is_shown
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(title) + 500) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT *
    FROM (
      SELECT * FROM session WHERE project_id = @project AND session_id = @root AND @is_first
      UNION ALL
      (SELECT * FROM session
      WHERE project_id = @project AND root = @root AND (create_time, session_id) > (@after_time, @after_id)
      ORDER BY create_time, session_id LIMIT @limit)
    ) AS member
    ORDER BY depth > 0, create_time, session_id
    LIMIT @limit
  ) AS page
) AS measured
LEFT JOIN session_head USING (project_id, session_id)
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
