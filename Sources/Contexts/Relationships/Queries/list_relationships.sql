-- A page of relationships, from named fragments: those that a request needs are put together in this order.
-- The page holds one row more than asked for, which says whether another page follows.

-- all:
SELECT {relationship_columns}
FROM relationship
WHERE project_id = @project
-- all_then:
SELECT {relationship_columns}
FROM (
  SELECT {relationship_columns}
  FROM relationship
  WHERE project_id = @project AND position <= @position
  UNION ALL
  SELECT {former_relationship_columns}
  FROM relationship_version
  WHERE project_id = @project AND from_position <= @position AND position > @position
) AS past
WHERE true
-- from:
    AND from_id = @from
-- to:
    AND to_id = @to
-- other_than_itself:
    AND from_id <> to_id
-- live:
    -- Subqueries for each row of the page: as joins they might read all contexts.
    AND (SELECT context_life(delete_time, expire_time, purge_time, now()) = 0 FROM context
      WHERE context.project_id = @project AND context_id = from_id)
    AND (SELECT context_life(delete_time, expire_time, purge_time, now()) = 0 FROM context
      WHERE context.project_id = @project AND context_id = to_id)
-- live_then:
    AND (
      SELECT context_life(delete_time, expire_time, purge_time, @time) = 0
      FROM (
        SELECT position, delete_time, expire_time, purge_time FROM context
        WHERE context.project_id = @project AND context_id = from_id
        UNION ALL
        (SELECT from_position, delete_time, expire_time, purge_time FROM context_version AS old
        WHERE old.project_id = @project AND context_id = from_id AND old.position > @position
        ORDER BY old.position
        LIMIT 1)
      ) AS image
      WHERE image.position <= @position)
    AND (
      SELECT context_life(delete_time, expire_time, purge_time, @time) = 0
      FROM (
        SELECT position, delete_time, expire_time, purge_time FROM context
        WHERE context.project_id = @project AND context_id = to_id
        UNION ALL
        (SELECT from_position, delete_time, expire_time, purge_time FROM context_version AS old
        WHERE old.project_id = @project AND context_id = to_id AND old.position > @position
        ORDER BY old.position
        LIMIT 1)
      ) AS image
      WHERE image.position <= @position)
-- after_from:
    AND (from_id, kind, name, to_id, valid_to) > (@after_from, @after_kind, @after_name, @after_to, @after_end)
-- after_to:
    AND (kind, name, from_id, valid_to) > (@after_kind, @after_name, @after_from, @after_end)
-- by_from:
ORDER BY from_id, kind, name, to_id, valid_to
-- by_to:
ORDER BY kind, name, from_id, valid_to
-- limit:
LIMIT @limit
