-- Former versions of contexts, oldest first, that had been superseded at a position: $1 project, $2 ids, $3
-- the position, $4 and $5 id and end of validity of the last one sent, $6 how many, $7 the bytes of content and
-- data after which no more follow. The last column is the end of validity.
SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title, media_type,
  owner, session, tags, metadata, expire_time, purge_time, memory, content, data, position
FROM (
  SELECT page.*, row_number() OVER (ORDER BY context_id, position) AS place,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY context_id, position) AS bytes
  FROM (
    SELECT * FROM context_version
    WHERE project_id = $1 AND context_id = ANY ($2::text[]) AND position <= $3
      AND (context_id, position) > ($4, $5)
    ORDER BY context_id, position
    LIMIT $6
  ) AS page
) AS measured
WHERE place = 1 OR bytes <= $7
ORDER BY place
