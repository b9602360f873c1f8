-- How well words fit: how often and where the terms of `ranking` are there, any of them; and, where several are asked
-- for together, in equal parts how near to each other those of `nearness` are.
CREATE FUNCTION context_rank(words tsvector, ranking tsquery, nearness tsquery) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN nearness IS NULL THEN ts_rank(words, ranking)
  ELSE (ts_rank(words, ranking) + ts_rank(words, nearness)) / 2 END;

-- A query for a word of a text. Where the language knows no forms of words, one of four letters or more stands for all
-- that begin with its English stem, too: `live` for `lives`.
CREATE FUNCTION context_word_query(language regconfig, word text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  plain tsquery := context_mark_query(word);
  stem text;
  stems tsquery;
BEGIN
  IF language <> 'pg_catalog.simple'::regconfig OR word !~ '^[[:alpha:]]{4,}$' THEN RETURN plain; END IF;
  stem := coalesce((ts_lexize('pg_catalog.english_stem', word))[1], word);
  stems := (context_mark_query(stem)::text || ':*')::tsquery;
  RETURN CASE WHEN starts_with(word, stem) THEN stems ELSE plain || stems END;
END
$$;

-- Such a query for each different word, no more than `most`, of more the longest.
CREATE FUNCTION context_term_queries(language regconfig, content text, most bigint) RETURNS SETOF tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12 AS $$
  SELECT context_word_query(language, lexeme)
  FROM unnest(tsvector_to_array(to_tsvector(language, context_plain(content)))) AS lexeme
  ORDER BY length(lexeme) DESC, lexeme LIMIT most
$$;
