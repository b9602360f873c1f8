-- Stores several contexts in a write that has drawn its position, in key order, so that two such writes cannot wait for
-- each other in a ring. Imported ones have times of their own, NULL for that of the write, and for none. Those that come
-- deleted are purged after @retention seconds; where @begins_now says so, what they remember holds from this write on.
INSERT INTO context (project_id, context_id, version, position, create_time, update_time, delete_time, purge_time,
  {new_columns})
SELECT @project, item.id, greatest(item.version, 1), drawn.position, coalesce(item.create_time, drawn.at),
  coalesce(item.update_time, drawn.at), item.delete_time,
  CASE WHEN item.delete_time IS NOT NULL THEN drawn.at + make_interval(secs => @retention) END,
  item.type, item.status, item.title, item.media_type, item.owner, item.session,
  ARRAY(SELECT jsonb_array_elements_text(item.tags)), nullif(item.metadata, 'null'), item.content, item.data,
  item.expire_time,
  CASE WHEN @begins_now THEN item.memory
      || jsonb_build_object('valid_from', (extract(epoch FROM drawn.at) * 1000000)::bigint)
    ELSE nullif(item.memory, 'null') END
FROM drawn, {context_items}
ORDER BY item.id COLLATE "C"
