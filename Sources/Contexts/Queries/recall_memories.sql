-- A recall: what `search_contexts` finds, from fragments of the same kind, where memories stand in the place
-- of contexts, and those of them that count most.

-- current_memories:
    SELECT number, context_id, update_time, memory,
      ts_rank(coalesce(head, stored.words), asked.words)::float8 AS score
    FROM context_text AS stored
    CROSS JOIN LATERAL (
      SELECT memory FROM context WHERE project_id = $1 AND context_id = stored.context_id LIMIT 1
    ) AS remembered
-- superseded_memories_then:
    UNION ALL
    SELECT number, context_id, update_time, memory, ts_rank(stored.words, asked.words)::float8 AS score
    FROM context_version AS stored
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
-- weighed:
, weighed AS (
  SELECT context_id,
    coalesce(score / nullif(max(score) OVER (), 0), 1) AS relevance,
    (ARRAY[0.25, 0.5, 0.75, 1])[coalesce((memory ->> 'importance')::integer, 2)]::float8 AS importance,
    coalesce((memory ->> 'confidence')::float8, 1) AS confidence,
    -- What is older than a thousand half-lives is nothing, not an underflow.
    power(0.5::float8,
      least(greatest(extract(epoch FROM moment - update_time)::float8, 0) / half_life, 1000)) AS recency,
    moment
  FROM considered,
    (SELECT coalesce($?::timestamptz, now()) AS moment, $?::float8 AS half_life) AS given
)
SELECT context_id, relevance, importance, confidence, recency,
  relevance * importance * confidence * recency AS score, moment, (SELECT count(*) FROM found)
FROM weighed
ORDER BY score DESC, context_id
LIMIT $?
