-- Of each of several contexts the next former version that had been superseded at a position: after @ends, of each the end
-- of validity of the last one sent. Once contents and data have more than @bytes together, no more follow. `place` is that
-- of the context, `total` how many there are.
SELECT {former_columns}, content, data, position AS valid_to, place, total
FROM (
  SELECT next.*, wanted.place - 1 AS place, count(*) OVER () AS total,
    sum(octet_length(content) + octet_length(data)) OVER (ORDER BY wanted.place)
      - octet_length(content) - octet_length(data) AS bytes_before
  FROM unnest(@ids::text[], @ends::bigint[]) WITH ORDINALITY AS wanted (id, after, place)
  CROSS JOIN LATERAL (
    SELECT * FROM context_past
    WHERE project_id = @project AND context_id = wanted.id AND position > wanted.after AND position <= @position
    ORDER BY position
    LIMIT 1
  ) AS next
) AS measured
WHERE bytes_before < @bytes
ORDER BY place
