-- Recordings: views of ranges of sessions' logs.

CREATE TABLE session_recording (
  project_id text COLLATE "C" NOT NULL,
  recording_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  title text NOT NULL,
  agent text COLLATE "C" NOT NULL,
  -- Of its start: the session as of it is the first frame. A hold at it keeps all that follows.
  position bigint NOT NULL,
  first_sequence bigint NOT NULL,
  -- NULL while it goes on, and until an end by itself is written down: its times decide, not this.
  last_sequence bigint,
  start_time timestamptz NOT NULL,
  -- When it ends by itself.
  expire_time timestamptz NOT NULL,
  end_time timestamptz,
  -- Number of cairn.v1.Recording.EndReason.
  end_reason smallint NOT NULL DEFAULT 0,
  snapshot_events integer NOT NULL CHECK (snapshot_events > 0),
  -- Microseconds.
  snapshot_period bigint NOT NULL CHECK (snapshot_period > 0),
  -- The bytes of its events up to this one are added up in the next two.
  measured_sequence bigint NOT NULL,
  raw_bytes bigint NOT NULL DEFAULT 0,
  stored_bytes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (project_id, recording_id)
);
CREATE INDEX session_recording_by_start ON session_recording (project_id, start_time, recording_id);
CREATE INDEX session_recording_by_session ON session_recording (project_id, session_id, start_time, recording_id);
CREATE INDEX session_recording_open ON session_recording (project_id, start_time, recording_id) WHERE end_time IS NULL;
CREATE INDEX session_recording_expiry ON session_recording (project_id, expire_time) WHERE end_time IS NULL;
CREATE INDEX session_recording_unmeasured ON session_recording (project_id, recording_id)
  WHERE end_time IS NULL OR measured_sequence < last_sequence;

-- The place of the last event of a session, from `first` to `last`, that was appended at a time or before; one before
-- `first` when there is none. Found by halving: one look-up by primary key a step, since times rise with places.
CREATE FUNCTION session_sequence_at(project text, session text, first bigint, last bigint, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- Not later than the moment.
  low bigint := first - 1;
  -- Later, or behind the last.
  high bigint := last + 1;
  middle bigint;
  probe record;
BEGIN
  WHILE high - low > 1 LOOP
    middle := low + (high - low) / 2;
    SELECT found.sequence, found.at INTO probe
      FROM (
        SELECT ancestor_id AS session_id, through_sequence FROM session_ancestor AS ancestor
        WHERE ancestor.project_id = project AND ancestor.session_id = session_sequence_at.session
        UNION ALL
        SELECT session_sequence_at.session COLLATE "C", 9223372036854775807
      ) AS part
      CROSS JOIN LATERAL (
        SELECT event.sequence, event.at FROM session_event AS event
        WHERE event.project_id = project AND event.session_id = part.session_id AND event.sequence >= middle
          AND event.sequence < high AND event.sequence <= part.through_sequence
        ORDER BY event.sequence LIMIT 1
      ) AS found
      ORDER BY found.sequence LIMIT 1;
    IF probe.sequence IS NOT NULL AND probe.at <= moment THEN
      low := probe.sequence;
    ELSE
      high := middle;
    END IF;
  END LOOP;
  RETURN low;
END
$$;
ALTER FUNCTION session_sequence_at SET search_path FROM CURRENT;
