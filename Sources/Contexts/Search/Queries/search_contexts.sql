-- A search, from named fragments: those that a request needs are put together in this order, and each `$?`
-- becomes the next parameter. `$1` is the project. Everything is read in one statement: matches window by
-- window, the newest first, until there are enough of them; their rank; what they have in common; one page of
-- them with its contexts.

-- language:
WITH language AS MATERIALIZED (
  SELECT ('pg_catalog.' || search_language)::regconfig AS config FROM project WHERE project_id = $?
),
-- newest:
bounds AS MATERIALIZED (
  SELECT coalesce(max(number), 0) AS newest, coalesce(min(number), 0) AS oldest
  FROM context_text WHERE project_id = $1
),
-- up_to:
bounds AS MATERIALIZED (
  SELECT least($?::bigint, coalesce(max(number), 0)) AS newest, coalesce(min(number), 0) AS oldest
  FROM context_text WHERE project_id = $1
),
-- asked:
asked AS MATERIALIZED (
  SELECT config, CASE WHEN query <> '' THEN to_tsquery(config, query) ELSE '' END AS words,
    CASE WHEN ranking <> '' THEN to_tsquery(config, ranking) ELSE '' END AS ranking,
    CASE WHEN nearness <> '' THEN to_tsquery(config, nearness) END AS nearness
  FROM language, (SELECT $?::text AS query, $?::text AS ranking, $?::text AS nearness) AS given
),
-- found:
found AS MATERIALIZED (
  SELECT hit.*
  FROM asked, bounds, context_windows($1, bounds.newest) AS slices
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
    WHERE project_id = $1 AND number <= bounds.newest AND stored.words @@ (asked.words && slices
-- marked:
      && $?::text::tsquery
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
      AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > $?)
-- valid_then:
      AND position <= $?
-- superseded_valid_then:
      AND words_position > $? AND position > $? AND from_position <= $?
-- statuses:
      AND status = ANY ($?::smallint[])
-- created_from:
      AND create_time >= $?
-- created_before:
      AND create_time < $?
-- updated_from:
      AND update_time >= $?
-- updated_before:
      AND update_time < $?
-- considered:
    ORDER BY number DESC
    OFFSET 0
  ) AS hit
  LIMIT $?
), considered AS MATERIALIZED (
  -- As it was found: the newest first.
  SELECT * FROM found LIMIT $?
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
  WHERE (place, number) < ($?::float8, $?::bigint)
-- after:
  WHERE (place, number) > ($?::float8, $?::bigint)
-- descending:
  ORDER BY place DESC, number DESC LIMIT $?
)
-- ascending:
  ORDER BY place, number LIMIT $?
)
-- facets:
, facets AS MATERIALIZED (
  SELECT jsonb_object_agg(name, counts) AS facets FROM (
-- facet_type:
    SELECT 'type' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT type::text AS value, count(*) AS count FROM considered
        GROUP BY type ORDER BY 2 DESC, 1 LIMIT $?
      ) AS top
    ) AS counts
-- facet_status:
    SELECT 'status' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT status::text AS value, count(*) AS count FROM considered
        GROUP BY status ORDER BY 2 DESC, 1 LIMIT $?
      ) AS top
    ) AS counts
-- facet_tag:
    SELECT 'tag' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT tag AS value, count(*) AS count FROM (SELECT unnest(tags) AS tag FROM considered) AS tags
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $?
      ) AS top
    ) AS counts
-- facet_owner:
    SELECT 'owner' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT owner AS value, count(*) AS count FROM considered WHERE owner <> ''
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $?
      ) AS top
    ) AS counts
-- facet_month:
    SELECT 'month' AS name, (
      SELECT jsonb_agg(jsonb_build_array(value, count)) FROM (
        SELECT to_char(month, 'YYYY-MM') AS value, count FROM (
          SELECT date_trunc('month', create_time AT TIME ZONE 'UTC') AS month, count(*) AS count
          FROM considered GROUP BY 1 ORDER BY 1 DESC LIMIT $?
        ) AS months
      ) AS top
    ) AS counts
-- and:
    UNION ALL
-- facets_end:
  ) AS facet
)
-- answer:
SELECT hit.context_id, hit.version, hit.position, hit.create_time, hit.update_time, hit.delete_time, hit.type,
  hit.status, hit.title, hit.media_type, hit.owner, hit.session, hit.tags, hit.metadata, hit.expire_time, hit.purge_time,
  hit.memory,
  hit.number, hit.place, hit.score, summary.seen, summary.newest, summary.span, summary.spans,
  (SELECT count(*) FROM page)
-- with_facets:
  , (SELECT facets FROM facets)
-- without_facets:
  , NULL::jsonb
-- with_highlights:
  , context_highlight(asked.config, hit.title, asked.words, 'HighlightAll=true'),
  context_highlight(
    asked.config, left(hit.content, 20000), asked.words, 'MaxFragments=3, MaxWords=30, MinWords=10')
-- without_highlights:
  , NULL::text[], NULL::text[]
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
      JOIN context ON context.project_id = $1 AND context.context_id = page.context_id
    ) AS joined
  ) AS hit ON true
-- page_then:
  LEFT JOIN (
    SELECT *, sum(octet_length(content) + octet_length(data)) OVER (ORDER BY at) AS bytes
    FROM (
      SELECT image.*, page.number, page.place, page.score, page.at
      FROM (SELECT *, row_number() OVER () AS at FROM page) AS page
      CROSS JOIN LATERAL (
        SELECT context_id, version, position, create_time, update_time, delete_time, type, status, title,
          media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
        FROM context
        WHERE project_id = $1 AND context_id = page.context_id AND position = page.position
        UNION ALL
        SELECT context_id, version, from_position, create_time, update_time, delete_time, type, status, title,
          media_type, owner, session, tags, metadata, expire_time, purge_time, memory, content, data
        FROM context_past
        WHERE project_id = $1 AND context_id = page.context_id AND context_past.position > page.position
          AND from_position = page.position
      ) AS image
    ) AS joined
  ) AS hit ON true
-- full_bound:
  AND (hit.at = 1 OR hit.bytes <= $?)
-- end:
ORDER BY hit.at
