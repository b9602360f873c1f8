-- Of each of several contexts the next former version that had been superseded at a position: $1 project, $2
-- ids, $3 of each the end of validity of the last one sent, $4 the position, $5 the bytes of content and data
-- after which no more follow. The last columns are the end of validity, the place of the context among $2,
-- and how many there are.
SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
  media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data, position,
  place, total
FROM (
  SELECT next.*, wanted.place - 1 AS place, count(*) OVER () AS total,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place)
      - octet_length(content) - octet_length(data) AS bytes_before
  FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS wanted (id, after, place)
  CROSS JOIN LATERAL (
    SELECT * FROM context_past
    WHERE project_id = $1 AND context_id = wanted.id AND position > wanted.after AND position <= $4
    ORDER BY position
    LIMIT 1
  ) AS next
) AS measured
WHERE bytes_before < $5
ORDER BY place
