-- A search, from named fragments: those that a request needs are put together in this order. Everything is read in one
-- statement: matches window by window, the newest first, until there are enough of them; their rank; what they have in
-- common; one page of them with its contexts.

-- language:
WITH language AS MATERIALIZED (
  SELECT ('pg_catalog.' || search_language)::regconfig AS config FROM project WHERE project_id = @project
),
-- newest:
bounds AS MATERIALIZED (
  SELECT coalesce(max(number), 0) AS newest, coalesce(min(number), 0) AS oldest
  FROM context_text WHERE project_id = @project
),
-- up_to:
bounds AS MATERIALIZED (
  SELECT least(@up_to::bigint, coalesce(max(number), 0)) AS newest, coalesce(min(number), 0) AS oldest
  FROM context_text WHERE project_id = @project
),
-- asked:
asked AS MATERIALIZED (
  SELECT config, CASE WHEN query <> '' THEN to_tsquery(config, query) ELSE '' END AS words,
    CASE WHEN ranking <> '' THEN to_tsquery(config, ranking) ELSE '' END AS ranking,
    CASE WHEN nearness <> '' THEN to_tsquery(config, nearness) END AS nearness
  FROM language, (SELECT @query::text AS query, @ranking::text AS ranking, @nearness::text AS nearness) AS given
),
-- found:
found AS MATERIALIZED (
  SELECT hit.*
  FROM asked, bounds, context_windows(@project, bounds.newest) AS slices
  CROSS JOIN LATERAL (
-- current:
    SELECT number, context_id, position, create_time, update_time, type, status, owner, tags,
      context_rank(coalesce(head, stored.words), asked.ranking, asked.nearness) AS score
    FROM context_current_text AS stored
-- superseded_then:
    UNION ALL
    SELECT number, context_id, from_position, create_time, update_time, type, status, owner, tags,
      context_rank(stored.words, asked.ranking, asked.nearness) AS score
    FROM context_past_text AS stored
-- matching:
    WHERE project_id = @project AND number <= bounds.newest AND stored.words @@ (asked.words && slices
-- marked:
      && @marks::text::tsquery
-- matching_end:
      )
-- any_word:
      AND numnode(asked.words) > 0
-- whole:
      -- A text whose words are still to be made is no text without them.
      AND is_whole
-- live:
      AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
-- live_then:
      AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > @time)
-- valid_then:
      AND position <= @position
-- superseded_valid_then:
      AND words_position > @position AND position > @position AND from_position <= @position
-- statuses:
      AND status = ANY (@statuses::smallint[])
-- created_from:
      AND create_time >= @created_from
-- created_before:
      AND create_time < @created_before
-- updated_from:
      AND update_time >= @updated_from
-- updated_before:
      AND update_time < @updated_before
-- considered:
    ORDER BY number DESC
    OFFSET 0
  ) AS hit
  LIMIT @more
), considered AS MATERIALIZED (
  -- As it was found: the newest first.
  SELECT * FROM found LIMIT @limit
)
-- summary:
, summary AS MATERIALIZED (
  SELECT seen, newest,
    -- Numbers looked at, and all there are: what is not counted is estimated by them.
    newest - coalesce(last, oldest) + 1 AS span, newest - oldest + 1 AS spans
  FROM (SELECT count(*) AS seen, min(number) AS last FROM found) AS found, bounds
)
, page AS MATERIALIZED (
  SELECT * FROM (
    SELECT number, context_id, position, score,
-- by_score:
      score AS place
-- by_create_time:
      extract(epoch FROM create_time)::float8 AS place
-- by_update_time:
      extract(epoch FROM update_time)::float8 AS place
-- placed:
    FROM considered
  ) AS placed
-- before:
  WHERE (place, number) < (@after_place::float8, @after_number::bigint)
-- after:
  WHERE (place, number) > (@after_place::float8, @after_number::bigint)
-- descending:
  ORDER BY place DESC, number DESC LIMIT @page
)
-- ascending:
  ORDER BY place, number LIMIT @page
)
-- facets:
, facets AS MATERIALIZED (
  SELECT jsonb_object_agg(name, counts) AS facets FROM (
-- facet_type:
    SELECT 'type' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT type::text AS value, count(*) AS count FROM considered
        GROUP BY type ORDER BY 2 DESC, 1 LIMIT @values
      ) AS top
    ) AS counts
-- facet_status:
    SELECT 'status' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT status::text AS value, count(*) AS count FROM considered
        GROUP BY status ORDER BY 2 DESC, 1 LIMIT @values
      ) AS top
    ) AS counts
-- facet_tag:
    SELECT 'tag' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT tag AS value, count(*) AS count FROM (SELECT unnest(tags) AS tag FROM considered) AS tags
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT @values
      ) AS top
    ) AS counts
-- facet_owner:
    SELECT 'owner' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT owner AS value, count(*) AS count FROM considered WHERE owner <> ''
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT @values
      ) AS top
    ) AS counts
-- facet_month:
    SELECT 'month' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT to_char(month, 'YYYY-MM') AS value, count FROM (
          SELECT date_trunc('month', create_time AT TIME ZONE 'UTC') AS month, count(*) AS count
          FROM considered GROUP BY 1 ORDER BY 1 DESC LIMIT @values
        ) AS months
      ) AS top
    ) AS counts
-- and:
    UNION ALL
-- facets_end:
  ) AS facet
)
-- answer:
SELECT {hit.context_columns},
  hit.number, hit.place, hit.score, summary.seen, summary.newest, summary.span, summary.spans,
  (SELECT count(*) FROM page) AS page_count
-- with_facets:
  , (SELECT facets FROM facets)
-- without_facets:
  , NULL::jsonb AS facets
-- with_highlights:
  , context_highlight(asked.config, hit.title, asked.words, 'HighlightAll=true') AS title_marks,
  context_highlight(
    asked.config, left(hit.content, 20000), asked.words, 'MaxFragments=3, MaxWords=30, MinWords=10') AS passages
-- without_highlights:
  , NULL::text[] AS title_marks, NULL::text[] AS passages
-- full:
  , hit.content, hit.data
-- hits:
FROM summary
-- with_asked:
  CROSS JOIN asked
-- page:
  LEFT JOIN (
    SELECT *, sum(octet_length(content) + octet_length(data)) OVER (ORDER BY at) AS bytes
    FROM (
      SELECT context.*, page.place, page.score, page.at
      FROM (SELECT *, row_number() OVER () AS at FROM page) AS page
      JOIN context ON context.project_id = @project AND context.context_id = page.context_id
    ) AS joined
  ) AS hit ON true
-- page_then:
  LEFT JOIN (
    SELECT *, sum(octet_length(content) + octet_length(data)) OVER (ORDER BY at) AS bytes
    FROM (
      SELECT image.*, page.number, page.place, page.score, page.at
      FROM (SELECT *, row_number() OVER () AS at FROM page) AS page
      CROSS JOIN LATERAL (
        SELECT {context_columns}, content, data
        FROM context
        WHERE project_id = @project AND context_id = page.context_id AND position = page.position
        UNION ALL
        SELECT {former_columns}, content, data
        FROM context_past
        WHERE project_id = @project AND context_id = page.context_id AND context_past.position > page.position
          AND from_position = page.position
      ) AS image
    ) AS joined
  ) AS hit ON true
-- full_bound:
  AND (hit.at = 1 OR hit.bytes <= @bytes)
-- end:
ORDER BY hit.at
