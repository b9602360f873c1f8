-- Several get_context at once. Without those whose content and data are large.
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, now()) AS life, content, data, wanted.place
FROM unnest(@project::text[], @id::text[]) WITH ORDINALITY AS wanted (project, id, place)
CROSS JOIN LATERAL (
  SELECT * FROM context
  WHERE project_id = wanted.project AND context_id = wanted.id
    AND octet_length(content) + octet_length(data) <= 65536
) AS found
