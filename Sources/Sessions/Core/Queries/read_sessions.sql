-- Sessions, by statements of these: as they are, or as of a position.
-- present:
SELECT {session_columns}, {head_columns}, clock_timestamp() AS now
FROM session JOIN session_head USING (project_id, session_id)
WHERE project_id = @project
-- past:
-- The last place of the log then is that of the last event of its own, unless that was pruned or there was none: then the one
-- before the next.
SELECT {session_columns}, coalesce(before.sequence, after.sequence - 1, head.last_sequence) AS last_sequence,
  before.at AS last_event_time, NULL::timestamptz AS expire_time, clock_timestamp() AS now
FROM (
  SELECT project_id, {session_columns} FROM session WHERE position <= @position AND NOT is_purged
  UNION ALL
  SELECT project_id, {former_session_columns} FROM session_version
  WHERE position > @position AND from_position <= @position
) AS session
LEFT JOIN LATERAL (
  SELECT sequence, at FROM session_event AS event
  WHERE event.project_id = session.project_id AND event.session_id = session.session_id AND event.position <= @position
  ORDER BY event.position DESC, event.ordinal DESC LIMIT 1
) AS before ON true
LEFT JOIN LATERAL (
  SELECT sequence FROM session_event AS event
  WHERE event.project_id = session.project_id AND event.session_id = session.session_id AND event.position > @position
  ORDER BY event.position, event.ordinal LIMIT 1
) AS after ON true
LEFT JOIN session_head AS head USING (project_id, session_id)
WHERE project_id = @project
-- one:
  AND session_id = @id
