-- A recall, from named fragments: the newest memories that meet the conditions, and those that count most. The
-- conditions on contexts are those of lists. `$1` is the project.

-- everything:
WITH candidate AS MATERIALIZED (
  SELECT context_id, update_time, memory, NULL::float8 AS rank FROM context WHERE project_id = $?
-- asked:
WITH asked AS MATERIALIZED (
  SELECT config, to_tsquery(config, query) AS words
  FROM (
    SELECT ('pg_catalog.' || search_language)::regconfig AS config FROM project WHERE project_id = $?
  ) AS project, (SELECT $?::text AS query) AS given
), bounds AS MATERIALIZED (
  SELECT coalesce(max(number), 0) AS newest FROM context_text WHERE project_id = $1
), candidate AS MATERIALIZED (
  SELECT hit.*
  FROM asked, bounds, context_windows($1, bounds.newest) AS slices
  CROSS JOIN LATERAL (
    SELECT found.context_id, found.update_time, found.memory,
      ts_rank(coalesce(head, context_text.words), asked.words)::float8 AS rank
    FROM context_text
    CROSS JOIN LATERAL (
      SELECT context_id, update_time, memory FROM context
      WHERE project_id = $1 AND context_id = context_text.context_id
-- matching:
      LIMIT 1
    ) AS found
    WHERE project_id = $1 AND number <= bounds.newest AND numnode(asked.words) > 0
      AND context_text.words @@ (asked.words && slices && context_mark_query(' ' || $1 || '/type/5'))
    ORDER BY number DESC
    OFFSET 0
  ) AS hit
  LIMIT $?
-- past:
WITH candidate AS MATERIALIZED (
  SELECT context_id, update_time, memory, NULL::float8 AS rank FROM (
-- past_asked:
WITH asked AS MATERIALIZED (
  SELECT config, to_tsquery(config, query) AS words
  FROM (
    SELECT ('pg_catalog.' || search_language)::regconfig AS config FROM project WHERE project_id = $?
  ) AS project, (SELECT $?::text AS query) AS given
), candidate AS MATERIALIZED (
  SELECT context_id, update_time, memory, ts_rank(words, query)::float8 AS rank
  FROM (
    SELECT image.*, asked.words AS query,
      context_words(asked.config, image.title, image.tags, image.content) AS words
    FROM asked, (
-- past_wanted:
  ) AS image
-- past_matching:
    ) AS image
  ) AS worded
  WHERE numnode(query) > 0 AND words @@ query
-- kinds:
    AND coalesce((memory ->> 'kind')::integer, 1) = ANY ($?::integer[])
-- importance:
    AND coalesce((memory ->> 'importance')::integer, 2) >= $?::integer
-- confidence:
    AND coalesce((memory ->> 'confidence')::float8, 1) >= $?::float8
-- sources:
    AND coalesce((memory ->> 'source')::integer, 0) = ANY ($?::integer[])
-- valid_now:
    AND coalesce((memory ->> 'valid_from')::bigint, 0) <= extract(epoch FROM now()) * 1000000
    AND coalesce((memory ->> 'valid_to')::bigint, 9223372036854775807) > extract(epoch FROM now()) * 1000000
-- valid_at:
    AND coalesce((memory ->> 'valid_from')::bigint, -9223372036854775808) <= $?::bigint
    AND coalesce((memory ->> 'valid_to')::bigint, 9223372036854775807) > $?::bigint
-- newest:
  ORDER BY create_time DESC, context_id DESC
  LIMIT $?
-- weighed:
), weighed AS (
  SELECT context_id,
    coalesce(rank / nullif(max(rank) OVER (), 0), 1) AS relevance,
    (ARRAY[0.25, 0.5, 0.75, 1])[coalesce((memory ->> 'importance')::integer, 2)]::float8 AS importance,
    coalesce((memory ->> 'confidence')::float8, 1) AS confidence,
    -- What is older than a thousand half-lives is nothing, not an underflow.
    power(0.5::float8,
      least(greatest(extract(epoch FROM moment - update_time)::float8, 0) / half_life, 1000)) AS recency,
    moment, count(*) OVER () AS count
  FROM candidate,
    (SELECT coalesce($?::timestamptz, now()) AS moment, $?::float8 AS half_life) AS given
)
SELECT context_id, relevance, importance, confidence, recency,
  relevance * importance * confidence * recency AS score, moment, count
FROM weighed
ORDER BY score DESC, context_id
LIMIT $?
