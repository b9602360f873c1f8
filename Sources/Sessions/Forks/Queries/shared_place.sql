-- The last of the events that a fork shares which stands in the journal at a place or before it; 0 for none.
SELECT coalesce(max(event.sequence), 0) AS sequence
FROM (
  SELECT shared.ancestor_id, last.position, last.ordinal
  FROM session_ancestor AS shared
  JOIN session_event AS last ON last.project_id = @project AND last.session_id = shared.ancestor_id
    AND last.sequence = shared.through_sequence
  WHERE shared.project_id = @project AND shared.session_id = @session
) AS part
CROSS JOIN LATERAL (
  SELECT sequence FROM session_event
  WHERE project_id = @project AND session_id = part.ancestor_id AND position <= least(@position, part.position)
    AND (position, ordinal) <= (@position, @ordinal) AND (position, ordinal) <= (part.position, part.ordinal)
  ORDER BY position DESC, ordinal DESC LIMIT 1
) AS event
