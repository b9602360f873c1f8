-- Sessions as the changes at certain positions left them. Once they have more than @bytes together, no more of them are
-- returned whole. No row where that version is no longer kept.
WITH found AS (
  SELECT wanted.place, image.*,
    coalesce(
      sum({session_bytes}) OVER (ORDER BY wanted.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS bytes_before
  FROM unnest(@ids::text[], @positions::bigint[]) WITH ORDINALITY AS wanted (id, at, place)
  CROSS JOIN LATERAL (
    SELECT {session_columns}
    FROM session
    WHERE project_id = @project AND session_id = wanted.id AND position = wanted.at
    UNION ALL
    SELECT {former_session_columns}
    FROM session_version AS old
    WHERE project_id = @project AND session_id = wanted.id AND old.from_position = wanted.at AND old.position > wanted.at
    LIMIT 1
  ) AS image
)
SELECT {session_columns}, 0::bigint AS last_sequence, NULL::timestamptz AS last_event_time,
  NULL::timestamptz AS expire_time, place - 1 AS place, bytes_before < @bytes AS is_whole
FROM found
ORDER BY place
