-- Several get_context_basic at once.
SELECT {context_columns},
  context_life(delete_time, expire_time, purge_time, now()) AS life, wanted.place
FROM unnest(@project::text[], @id::text[]) WITH ORDINALITY AS wanted (project, id, place)
CROSS JOIN LATERAL (
  SELECT * FROM context WHERE project_id = wanted.project AND context_id = wanted.id
) AS found
