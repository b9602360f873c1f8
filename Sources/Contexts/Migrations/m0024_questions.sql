-- A query for each different word of a question, no more than `most`, of more the longest. A long question is mostly words
-- that every text may have: where the language knows none of these, those that English knows are left out of it.
CREATE OR REPLACE FUNCTION context_term_queries(language regconfig, content text, most bigint) RETURNS SETOF tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12 AS $$
  SELECT context_word_query(language, lexeme)
  FROM (
    SELECT lexeme, count(*) OVER () AS words
    FROM unnest(tsvector_to_array(to_tsvector(language, context_plain(content)))) AS lexeme
  ) AS word
  WHERE words <= 16 OR language <> 'pg_catalog.simple'::regconfig
    OR ts_lexize('pg_catalog.english_stem', lexeme) IS DISTINCT FROM '{}'
  ORDER BY length(lexeme) DESC, lexeme LIMIT most
$$;

-- How well words fit each of up to twelve terms; NULL where there are fewer. Written out: a query over the terms would take
-- a third more.
CREATE FUNCTION context_term_ranks(words tsvector, terms tsquery[]) RETURNS float4[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[1]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[2]),
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[3]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[4]),
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[5]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[6]),
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[7]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[8]),
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[9]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[10]),
  ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[11]), ts_rank('{0.5, 0.5, 0.7, 1}', words, terms[12])
];
