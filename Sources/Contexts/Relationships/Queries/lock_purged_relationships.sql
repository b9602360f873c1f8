-- Locks a few relationships of contexts that are to be purged, in key order, and says their versions. Found by either end;
-- limits and joins of one row each make that look-ups, whatever the planner expects.
WITH found AS MATERIALIZED (
  SELECT DISTINCT due.from_id, due.kind, due.name, due.to_id, due.valid_to
  FROM (
    SELECT joined.*
    FROM unnest(@ids::text[]) AS purged (id)
    CROSS JOIN LATERAL (
      (SELECT from_id, kind, name, to_id, valid_to FROM relationship
      WHERE project_id = @project AND from_id = purged.id
      ORDER BY kind, name, to_id, valid_to
      LIMIT @limit)
      UNION ALL
      (SELECT from_id, kind, name, to_id, valid_to FROM relationship
      WHERE project_id = @project AND to_id = purged.id
      ORDER BY kind, name, from_id, valid_to
      LIMIT @limit)
    ) AS joined
    LIMIT @limit
  ) AS due
  ORDER BY due.from_id, due.kind, due.name, due.to_id, due.valid_to
)
SELECT locked.*
FROM found
CROSS JOIN LATERAL (
  SELECT from_id, kind, name, to_id, valid_to, version FROM relationship
  WHERE project_id = @project AND from_id = found.from_id AND kind = found.kind AND name = found.name
    AND to_id = found.to_id AND valid_to = found.valid_to
  LIMIT 1
  FOR UPDATE
) AS locked
