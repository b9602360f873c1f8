-- Deletes some former payloads of contexts that are to be purged, whose versions are gone, until they have @bytes together.
DELETE FROM context_payload AS old
USING (
  SELECT context_id, position
  FROM (
    SELECT context_id, position, sum(bytes) OVER (ORDER BY context_id, position) - bytes AS bytes_before
    FROM (
      SELECT context_id, position, octet_length(content) + octet_length(data) AS bytes
      FROM context_payload AS payload
      WHERE project_id = @project AND context_id = ANY (@ids::text[])
        -- An import may have overwritten the context meanwhile, and made a version that needs it.
        AND NOT EXISTS (
          SELECT FROM context_version WHERE project_id = @project AND context_id = payload.context_id)
      ORDER BY context_id, position
      LIMIT @limit
    ) AS page
  ) AS measured
  WHERE bytes_before < @bytes
) AS chosen
WHERE old.project_id = @project AND old.context_id = chosen.context_id AND old.position = chosen.position
