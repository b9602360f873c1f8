-- Deletes a few versions of contexts that are to be purged, until they have @bytes of their own together. Only an import
-- that overwrites such a context still makes it live again; then the rest of it stays.
DELETE FROM context_version AS old
USING (
  SELECT context_id, position
  FROM (
    SELECT context_id, position, sum(bytes) OVER (ORDER BY context_id, position) - bytes AS bytes_before
    FROM (
      SELECT context_id, position, coalesce(octet_length(content) + octet_length(data), 0) AS bytes
      FROM context_version
      WHERE project_id = @project AND context_id = ANY (@ids::text[])
      ORDER BY context_id, position
      LIMIT @limit
    ) AS page
  ) AS measured
  WHERE bytes_before < @bytes
) AS chosen
WHERE old.project_id = @project AND old.context_id = chosen.context_id AND old.position = chosen.position
