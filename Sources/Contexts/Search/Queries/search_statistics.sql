-- How large the text index of a project is: $1 project.
SELECT (
    SELECT count(*) FROM context
    WHERE project_id = $1 AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
  ), count(number), coalesce(sum(bytes), 0)::bigint, coalesce(sum(lexemes), 0)::bigint,
  count(number) FILTER (WHERE language <> search_language), search_language
FROM project LEFT JOIN context_current_text AS stored
  ON stored.project_id = $1 AND stored.delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
WHERE project.project_id = $1
GROUP BY search_language
