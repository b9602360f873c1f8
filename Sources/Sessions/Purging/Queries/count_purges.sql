-- Which of some sessions may be purged, with those of their forks that may be, too, and how many events of their own they have.
-- @among are all that are meant; empty for all.
SELECT session.session_id, coalesce(head.last_sequence + 1 - oldest.sequence, 0) AS events
FROM session
CROSS JOIN {held} AS hold
JOIN session_head AS head USING (project_id, session_id)
LEFT JOIN LATERAL (
  SELECT sequence FROM session_event AS event
  WHERE event.project_id = @project AND event.session_id = session.session_id
  ORDER BY sequence LIMIT 1
) AS oldest ON true
WHERE session.project_id = @project AND session.session_id = ANY (@ids::text[]) AND {is_over} AND {is_free}
  AND NOT EXISTS (
    SELECT FROM session_ancestor AS shared
    WHERE shared.project_id = @project AND shared.ancestor_id = session.session_id AND NOT EXISTS (
      SELECT FROM session CROSS JOIN {held} AS hold
      WHERE session.project_id = @project AND session.session_id = shared.session_id AND {is_over} AND {is_free}
        AND (@among::text[] = '{}' OR session.session_id = ANY (@among::text[]))
    )
  )
