-- A page of contexts, from named fragments: those that a request needs are put together in this order. The inner page
-- holds one row more than asked for, which says whether another page follows; the outer one ends early where contents
-- outgrow a bound. As of a moment the page is put together from a page of those contexts that have not changed since and a
-- page of those that have.

-- full:
SELECT {context_columns}, total, content, data
-- basic:
SELECT {context_columns}, total
-- from:
FROM (
  SELECT page.*, row_number() OVER () AS place, count(*) OVER () AS total,
    sum(octet_length(content) + octet_length(data)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
-- current:
    SELECT * FROM context WHERE project_id = @project
-- past_current:
    SELECT * FROM (
    (SELECT project_id, {context_columns}, content, data
    FROM context WHERE project_id = @project AND position <= @position
-- past_superseded:
    ) UNION ALL (
    SELECT * FROM (
      SELECT project_id, {former_columns}, content, data
      FROM context_past WHERE project_id = @project AND position > @position AND from_position <= @position
    ) AS superseded WHERE true
-- past_end:
    )) AS past
-- live:
    AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > now())
-- live_then:
    AND delete_time IS NULL AND (expire_time IS NULL OR expire_time > @time)
-- kept:
    AND (purge_time IS NULL OR purge_time > now())
-- kept_then:
    AND (purge_time IS NULL OR purge_time > @time)
-- types:
    AND type = ANY (@types::smallint[])
-- one_type:
    AND type = @type::smallint
-- statuses:
    AND status = ANY (@statuses::smallint[])
-- one_inactive_status:
    AND status = @status::smallint AND status <> 2
-- tags:
    AND context_tag_terms(project_id, tags) @> context_tag_terms(@project, @tags) AND tags <> '{}'
-- owner:
    AND owner = @owner AND owner <> ''
-- session:
    AND session = @session AND session <> ''
-- created_from:
    AND create_time >= @created_from
-- created_before:
    AND create_time < @created_before
-- updated_from:
    AND update_time >= @updated_from
-- updated_before:
    AND update_time < @updated_before
-- after_create_time:
    AND (create_time, context_id) > (@after_time, @after_id)
-- before_create_time:
    AND (create_time, context_id) < (@after_time, @after_id)
-- after_update_time:
    AND (update_time, context_id) > (@after_time, @after_id)
-- before_update_time:
    AND (update_time, context_id) < (@after_time, @after_id)
-- after_id:
    AND context_id > @after_id
-- before_id:
    AND context_id < @after_id
-- by_create_time:
    ORDER BY create_time, context_id
-- by_create_time_desc:
    ORDER BY create_time DESC, context_id DESC
-- by_update_time:
    ORDER BY update_time, context_id
-- by_update_time_desc:
    ORDER BY update_time DESC, context_id DESC
-- by_id:
    ORDER BY context_id
-- by_id_desc:
    ORDER BY context_id DESC
-- limit:
    LIMIT @limit
-- page_end:
  ) AS page
) AS measured
-- full_bound:
WHERE place = 1 OR bytes <= @bytes
-- end:
ORDER BY place
