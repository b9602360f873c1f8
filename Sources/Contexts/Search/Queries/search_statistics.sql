-- How large the text index of a project is.
SELECT (
    SELECT count(*) FROM context
    WHERE project_id = @project AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
  ) AS documents, count(number) AS indexed, coalesce(sum(bytes), 0)::bigint AS bytes, coalesce(sum(lexemes), 0)::bigint AS lexemes,
  count(number) FILTER (WHERE language <> search_language) AS outdated, search_language
FROM project LEFT JOIN context_current_text AS stored
  ON stored.project_id = @project AND stored.delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
WHERE project.project_id = @project
GROUP BY search_language
