-- A recall: what `search_contexts` finds, from fragments of the same kind, where memories stand in the place
-- of contexts, and those of them that count most.

-- asked_any:
sample AS MATERIALIZED (
  -- Some of the newest memories: they tell how common the words are.
  SELECT stored.number, stored.words
  FROM bounds, context_windows(@project, bounds.newest) AS slices
  CROSS JOIN LATERAL (
    -- Joined with nothing: unpacked once and not for each word.
    SELECT number, coalesce(head, words) || ''::tsvector AS words
    FROM context_text
    WHERE project_id = @project AND number <= bounds.newest AND words @@ (slices && @marks::text::tsquery)
    OFFSET 0
  ) AS stored
  LIMIT @sample
), candidates AS MATERIALIZED (
  SELECT term, (SELECT count(*) FROM sample WHERE words @@ term) AS holders
  FROM (
    SELECT term FROM language, context_term_queries(config, @words, @most_words) AS term
    UNION
    SELECT to_tsquery(config, phrase) FROM language, unnest(@phrases::text[]) AS phrase
  ) AS term
  WHERE numnode(term) > 0
), terms AS MATERIALIZED (
  -- The rarest that are there at all, and of those that are equally rare the longest.
  SELECT term
  FROM (SELECT term, holders FROM candidates ORDER BY holders, length(term::text) DESC, term OFFSET 0) AS term,
    (SELECT @marks::text::tsquery AS marks) AS given
  WHERE holders > 0
    OR EXISTS (SELECT FROM context_text WHERE project_id = @project AND words @@ (term && marks))
-- asked_any_then:
    OR EXISTS (SELECT FROM context_version WHERE project_id = @project AND words @@ (term && marks))
-- asked_any_end:
  LIMIT @terms
), asked AS MATERIALIZED (
  SELECT config, terms, CASE
    WHEN excluded = '' THEN coalesce(wanted, '')::tsquery
    -- Words were asked for, and nobody has them.
    WHEN wanted IS NULL AND EXISTS (SELECT FROM candidates) THEN ''::tsquery
    WHEN wanted IS NULL THEN to_tsquery(config, excluded)
    ELSE wanted::tsquery && to_tsquery(config, excluded)
  END AS words
  FROM language, (SELECT array_agg(term) AS terms, string_agg(term::text, ' | ') AS wanted FROM terms) AS terms,
    (SELECT @excluded::text AS excluded) AS given
),
-- current_memories:
    SELECT number, context_id, update_time, memory,
      context_rank(coalesce(head, stored.words), asked.ranking, asked.nearness) AS score
    FROM context_current_text AS stored
-- current_memories_any:
    SELECT number, context_id, update_time, memory,
      context_term_ranks(coalesce(head, stored.words), asked.terms) AS ranks
    FROM context_current_text AS stored
-- with_memories:
    CROSS JOIN LATERAL (
      SELECT memory FROM context WHERE project_id = @project AND context_id = stored.context_id LIMIT 1
    ) AS remembered
-- superseded_memories_then:
    UNION ALL
    SELECT number, context_id, update_time, memory,
      context_rank(stored.words, asked.ranking, asked.nearness) AS score
    FROM context_past_text AS stored
-- superseded_memories_any_then:
    UNION ALL
    SELECT number, context_id, update_time, memory,
      context_term_ranks(stored.words, asked.terms) AS ranks
    FROM context_past_text AS stored
-- kinds:
      AND coalesce((memory ->> 'kind')::integer, 1) = ANY (@kinds::integer[])
-- importance:
      AND coalesce((memory ->> 'importance')::integer, 2) >= @importance::integer
-- confidence:
      AND coalesce((memory ->> 'confidence')::float8, 1) >= @confidence::float8
-- sources:
      AND coalesce((memory ->> 'source')::integer, 0) = ANY (@sources::integer[])
-- valid_now:
      AND coalesce((memory ->> 'valid_from')::bigint, 0) <= extract(epoch FROM now()) * 1000000
      AND coalesce((memory ->> 'valid_to')::bigint, 9223372036854775807) > extract(epoch FROM now()) * 1000000
-- valid_at:
      AND coalesce((memory ->> 'valid_from')::bigint, -9223372036854775808) <= @valid_at::bigint
      AND coalesce((memory ->> 'valid_to')::bigint, 9223372036854775807) > @valid_at::bigint
-- scored:
, scored AS (SELECT * FROM considered)
-- scored_any:
, counted AS MATERIALIZED (SELECT number, ranks FROM considered LIMIT @counted)
, looked_at AS MATERIALIZED (
  -- How many memories there are among the numbers that were looked at, with the words or without: as many for each
  -- number as in the sample.
  SELECT greatest(seen, sampled * (newest - coalesce(last, oldest) + 1) / coalesce(span, newest - oldest + 1))::float8
    AS memories
  FROM bounds,
    (SELECT count(*) AS seen, CASE WHEN count(*) = @counted THEN min(number) END AS last FROM counted) AS counted,
    (SELECT count(*) AS sampled, CASE WHEN count(*) = @sample THEN max(number) - min(number) + 1 END AS span FROM sample)
      AS sample
), rarities AS MATERIALIZED (
  SELECT array_agg(ln(1 + (memories - holders + 0.5) / (holders + 0.5)) ORDER BY place) AS rarities
  FROM (
    SELECT place, count(*) FILTER (WHERE rank > 0) AS holders
    FROM counted, unnest(ranks) WITH ORDINALITY AS term (rank, place)
    GROUP BY place
  ) AS terms, looked_at
), scored AS MATERIALIZED (
  -- Twelve terms at most, written out: a sum over arrays would take longer than all the rest.
  SELECT considered.*,
    coalesce(ranks[1] * rarities[1], 0) + coalesce(ranks[2] * rarities[2], 0) + coalesce(ranks[3] * rarities[3], 0)
    + coalesce(ranks[4] * rarities[4], 0) + coalesce(ranks[5] * rarities[5], 0) + coalesce(ranks[6] * rarities[6], 0)
    + coalesce(ranks[7] * rarities[7], 0) + coalesce(ranks[8] * rarities[8], 0) + coalesce(ranks[9] * rarities[9], 0)
    + coalesce(ranks[10] * rarities[10], 0) + coalesce(ranks[11] * rarities[11], 0)
    + coalesce(ranks[12] * rarities[12], 0) AS score
  FROM considered LEFT JOIN rarities ON true
)
-- weighed:
, weighed AS (
  SELECT context_id,
    -- What has the words only behind the beginning of a long content is not nothing.
    CASE WHEN max(score) OVER () > 0 THEN greatest(score / max(score) OVER (), 0.01) ELSE 1 END AS relevance,
    (ARRAY[0.25, 0.5, 0.75, 1])[coalesce((memory ->> 'importance')::integer, 2)]::float8 AS importance,
    coalesce((memory ->> 'confidence')::float8, 1) AS confidence,
    -- What is older than a thousand half-lives is nothing, not an underflow.
    power(0.5::float8,
      least(greatest(extract(epoch FROM moment - update_time)::float8, 0) / half_life, 1000)) AS recency,
    moment
  FROM scored,
    (SELECT coalesce(@moment::timestamptz, now()) AS moment, @half_life::float8 AS half_life) AS given
)
SELECT context_id, relevance, importance, confidence, recency,
  relevance * importance * confidence * recency AS score, moment, (SELECT count(*) FROM found) AS found
FROM weighed
ORDER BY score DESC, context_id
LIMIT @page
