-- Deletes a few versions of contexts that are to be purged: $1 project, $2 ids, $3 how many, $4 the bytes of content
-- and data of their own after which no more are deleted. Only
-- an import that overwrites such a context still makes it live again; then the rest of it stays.
DELETE FROM context_version AS old
USING (
  SELECT context_id, position
  FROM (
    SELECT context_id, position, sum(bytes) OVER (ORDER BY context_id, position) - bytes AS bytes_before
    FROM (
      SELECT context_id, position, coalesce(octet_length(content) + octet_length(data), 0) AS bytes
      FROM context_version
      WHERE project_id = $1 AND context_id = ANY ($2::text[])
      ORDER BY context_id, position
      LIMIT $3
    ) AS page
  ) AS measured
  WHERE bytes_before < $4
) AS chosen
WHERE old.project_id = $1 AND old.context_id = chosen.context_id AND old.position = chosen.position
