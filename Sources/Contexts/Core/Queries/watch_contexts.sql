-- Contexts as certain changes left them, and whether they meet the conditions of a watch after the change and
-- did before: from named fragments; the conditions of lists stand between them. Contents only of those that
-- do, up to a bound. No row where that version is no longer kept.

-- watch_after:
WITH wanted AS (
  SELECT @project::text AS project_id, id, at, place
  FROM unnest(@ids::text[], @positions::bigint[]) WITH ORDINALITY AS change (id, at, place)
), matched AS (
  SELECT wanted.place, image.*,
    EXISTS (SELECT FROM (SELECT image.*) AS after_change WHERE true
-- watch_before:
    ) AS is_in,
    EXISTS (
      SELECT FROM context_version WHERE project_id = @project AND context_id = wanted.id AND position = wanted.at
-- watch_end:
    ) AS was_in
  FROM wanted
  CROSS JOIN LATERAL (
    SELECT project_id, {context_columns}, content, data
    FROM context
    WHERE project_id = @project AND context_id = wanted.id AND position = wanted.at
    UNION ALL
    (SELECT project_id, {former_columns}, content,
      data
    FROM context_past
    WHERE project_id = @project AND context_id = wanted.id AND context_past.position > wanted.at
    ORDER BY context_past.position
    LIMIT 1)
  ) AS image
  WHERE image.position = wanted.at
), measured AS (
  SELECT *,
    coalesce(
      sum(CASE WHEN is_in OR was_in THEN octet_length(content) + octet_length(data) END)
        OVER (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < @bytes AS is_whole
  FROM matched
)
SELECT {context_columns},
  CASE WHEN is_whole AND (is_in OR was_in) THEN content ELSE '' END AS content,
  CASE WHEN is_whole AND (is_in OR was_in) THEN data ELSE '' END AS data,
  place - 1 AS place, is_whole, was_in, is_in
FROM measured
ORDER BY place
