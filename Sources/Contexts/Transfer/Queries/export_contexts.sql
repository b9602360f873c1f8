-- Contexts by id as they were at a position, from named fragments; the conditions of lists stand between
-- them. Each context that there is gives a row, so that the next page begins behind the last one that was
-- looked at; the columns of those that are not wanted are NULL. Ends early where contents outgrow a bound.

-- export_ids:
SELECT page_id
-- export_columns:
SELECT {context_columns}, page_id, content, data
-- export_from:
FROM (
  SELECT page.context_id AS page_id, page.place, image.*,
    sum(coalesce(octet_length(image.content) + octet_length(image.data), 0)
      + coalesce(pg_column_size(image.metadata), 0)) OVER (ORDER BY page.place) AS bytes
  FROM (
    SELECT *, row_number() OVER (ORDER BY context_id) AS place
    FROM context
    WHERE project_id = @project
-- export_after:
      AND context_id > @after
    ORDER BY context_id
    LIMIT @limit
-- export_these:
      AND context_id = ANY (@ids::text[])
-- export_images:
  ) AS page
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT page.project_id, {page.context_columns},
        page.content, page.data
      WHERE page.position <= @position
      UNION ALL
      (SELECT project_id, {former_columns}, content,
        data
      FROM context_past AS old
      WHERE page.position > @position AND project_id = @project AND context_id = page.context_id
        AND old.position > @position
      ORDER BY old.position
      LIMIT 1)
    ) AS found
    WHERE position <= @position
-- export_end:
  ) AS image ON true
) AS measured
-- export_bound:
WHERE place = 1 OR bytes <= @bytes
ORDER BY place
-- export_found:
WHERE context_id IS NOT NULL
