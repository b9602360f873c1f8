-- Figures of sessions: sums over their logs, to which what was appended is added position by position (a roll-up).

-- Up to which position the logs of a project are summed up. Whoever changes the sums locks this row first.
CREATE TABLE session_rollup (
  project_id text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,
  events bigint NOT NULL,
  bytes bigint NOT NULL
) WITH (fillfactor = 50);

-- Of one session: what one agent has appended of one type; nobody in particular is an agent without a name.
CREATE TABLE session_figure (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  -- Number of cairn.v1.SessionEvent.Type.
  type smallint NOT NULL,
  events bigint NOT NULL,
  errors bigint NOT NULL,
  transitions bigint NOT NULL,
  -- Events with a processing time, those where it is above zero, and all of it in microseconds.
  timed bigint NOT NULL,
  timed_above_zero bigint NOT NULL,
  processing_time double precision NOT NULL,
  -- Performance deltas above zero, and their sum.
  gains bigint NOT NULL,
  gain double precision NOT NULL,
  -- Of the type END: when that was.
  end_time timestamptz,
  PRIMARY KEY (project_id, session_id, agent, type)
) WITH (fillfactor = 80);
CREATE INDEX session_figure_ended ON session_figure (project_id, end_time, session_id) WHERE end_time IS NOT NULL;

-- Of one agent, in all sessions.
CREATE TABLE session_agent_figure (
  project_id text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  joins bigint NOT NULL,
  events bigint NOT NULL,
  handoffs_given bigint NOT NULL,
  handoffs_received bigint NOT NULL,
  -- The sessions that ended with an event of it, and their microseconds together.
  ended_sessions bigint NOT NULL,
  ended_time double precision NOT NULL,
  PRIMARY KEY (project_id, agent)
) WITH (fillfactor = 80);

-- What clients have added to the counts of an agent.
CREATE TABLE session_agent_adjustment (
  project_id text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  joins bigint NOT NULL,
  events bigint NOT NULL,
  handoffs_given bigint NOT NULL,
  handoffs_received bigint NOT NULL,
  PRIMARY KEY (project_id, agent)
) WITH (fillfactor = 80);

-- Of stretches of time: `width` seconds from `start` on, which is a multiple of it.
CREATE TABLE session_trend_figure (
  project_id text COLLATE "C" NOT NULL,
  width integer NOT NULL,
  start timestamptz NOT NULL,
  agent text COLLATE "C" NOT NULL,
  type smallint NOT NULL,
  events bigint NOT NULL,
  errors bigint NOT NULL,
  PRIMARY KEY (project_id, width, start, agent, type)
) WITH (fillfactor = 80);

-- The bytes of a field of a protobuf message: the content of a text or message, the varint of a number; of several the last.
-- NULL when it has none. What is asked of hand-overs, which are rare, needs no column of its own in all events.
CREATE FUNCTION session_event_field(message bytea, field integer) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  -- In one piece: else each byte that is read would unpack all of them.
  bytes CONSTANT bytea := message || ''::bytea;
  total CONSTANT integer := octet_length(bytes);
  place integer := 0;
  start integer;
  byte integer;
  shift integer;
  number bigint;
  tag bigint;
  found bytea;
BEGIN
  WHILE place < total LOOP
    tag := NULL;
    LOOP
      -- A varint: of the tag, of a number, of a length.
      number := 0;
      shift := 0;
      start := place;
      LOOP
        byte := get_byte(bytes, place);
        place := place + 1;
        IF shift < 63 THEN
          number := number | ((byte & 127)::bigint << shift);
        END IF;
        shift := shift + 7;
        EXIT WHEN byte < 128;
      END LOOP;
      EXIT WHEN tag IS NOT NULL;
      tag := number;
      EXIT WHEN tag & 7 NOT IN (0, 2);
    END LOOP;
    CASE tag & 7
      WHEN 0 THEN NULL;
      WHEN 1 THEN start := place; place := place + 8;
      WHEN 2 THEN start := place; place := place + number::integer;
      WHEN 5 THEN start := place; place := place + 4;
      ELSE RETURN found;
    END CASE;
    IF tag >> 3 = field THEN
      found := substr(bytes, start + 1, place - start);
    END IF;
  END LOOP;
  RETURN found;
END
$$;
