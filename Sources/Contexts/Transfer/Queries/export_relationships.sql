-- A page of relationships as they were at a position.
SELECT {relationship_columns}
FROM (
  (SELECT {relationship_columns}
  FROM relationship
  WHERE project_id = @project AND position <= @position
    AND (from_id, kind, name, to_id, valid_to) > (@after_from, @after_kind::smallint, @after_name, @after_to, @after_end)
  ORDER BY from_id, kind, name, to_id, valid_to
  LIMIT @limit)
  UNION ALL
  (SELECT {former_relationship_columns}
  FROM relationship_version
  WHERE project_id = @project AND position > @position AND from_position <= @position
    AND (from_id, kind, name, to_id, valid_to) > (@after_from, @after_kind::smallint, @after_name, @after_to, @after_end)
  ORDER BY from_id, kind, name, to_id, valid_to
  LIMIT @limit)
) AS found
ORDER BY from_id, kind, name, to_id, valid_to
LIMIT @limit
