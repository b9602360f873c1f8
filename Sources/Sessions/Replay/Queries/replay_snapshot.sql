-- The session as it was behind an event: by the version at that event's position, or @position where it is given. Where
-- events of the same write follow, their transitions say in which state it was between them. When the event is not kept, or
-- there is none, as it was before the first one that is.
-- In the part of a log that a fork shares, as its origin was; behind the last shared event as the fork began.
WITH owner AS MATERIALIZED (
  SELECT part.session_id FROM {lineage} AS part
  WHERE part.through_sequence > @sequence ORDER BY part.through_sequence LIMIT 1
)
SELECT coalesce(midway.from_state, image.state) AS state, image.agents, image.metadata
FROM owner
CROSS JOIN LATERAL (
  SELECT coalesce(@position::bigint, (
      SELECT position FROM session_event
      WHERE project_id = @project AND session_id = owner.session_id AND sequence = @sequence
      ORDER BY position LIMIT 1
    ), (
      SELECT position - 1 FROM session_event
      WHERE project_id = @project AND session_id = owner.session_id AND sequence > @sequence
      ORDER BY sequence LIMIT 1
    ), 9223372036854775807) AS position
) AS place
CROSS JOIN LATERAL (
  (
    SELECT 0 AS rank, state, agents, metadata FROM session_version
    WHERE project_id = @project AND session_id = owner.session_id AND session_version.position > place.position
    ORDER BY session_version.position LIMIT 1
  )
  UNION ALL
  (SELECT 1 AS rank, state, agents, metadata FROM session WHERE project_id = @project AND session_id = owner.session_id)
  ORDER BY rank LIMIT 1
) AS image
LEFT JOIN LATERAL (
  SELECT from_state FROM session_event
  WHERE project_id = @project AND session_id = owner.session_id AND sequence > @sequence
    AND session_event.position = place.position AND from_state IS NOT NULL
  ORDER BY sequence LIMIT 1
) AS midway ON true
