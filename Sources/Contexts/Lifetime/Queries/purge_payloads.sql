-- Deletes some former payloads of contexts that are to be purged, whose versions are gone: $1 project, $2 ids, $3 how
-- many, $4 the bytes of content and data after which no more are deleted.
DELETE FROM context_payload AS old
USING (
  SELECT context_id, position
  FROM (
    SELECT context_id, position, sum(bytes) OVER (ORDER BY context_id, position) - bytes AS bytes_before
    FROM (
      SELECT context_id, position, octet_length(content) + octet_length(data) AS bytes
      FROM context_payload AS payload
      WHERE project_id = $1 AND context_id = ANY ($2::text[])
        -- An import may have overwritten the context meanwhile, and made a version that needs it.
        AND NOT EXISTS (
          SELECT FROM context_version WHERE project_id = $1 AND context_id = payload.context_id)
      ORDER BY context_id, position
      LIMIT $3
    ) AS page
  ) AS measured
  WHERE bytes_before < $4
) AS chosen
WHERE old.project_id = $1 AND old.context_id = chosen.context_id AND old.position = chosen.position
