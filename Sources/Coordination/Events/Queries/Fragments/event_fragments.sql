-- What statements on what happened include.

-- coordination_event_columns:
project_id, position, ordinal, at, {provenance_columns}, type, subject, body

-- after_cursor:
position >= @position AND (position, ordinal) > (@position, @ordinal) AND position <= @through

-- recording:
-- The last expression of a WITH, in a write that has drawn its position: what happens as the `@event_types`, `@event_subjects` and
-- `@event_bodies` say. A write may record in several of its statements, but in each only once: the next one goes on
-- where this one ends.
recorded AS (
  INSERT INTO coordination_event (project_id, position, ordinal, at, {provenance_columns}, type, subject, body)
  SELECT @project, drawn.position, coalesce((
      SELECT max(ordinal) + 1 FROM coordination_event AS before
      WHERE before.project_id = @project AND before.position = drawn.position
    ), 0) + event.place::integer - 1, drawn.at, {provenance}, event.type, event.subject, event.body
  FROM drawn, unnest(@event_types::smallint[], @event_subjects::text[], @event_bodies::bytea[])
    WITH ORDINALITY AS event (type, subject, body, place)
)
