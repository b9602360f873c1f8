-- Sessions: the current row of each, the rows that were superseded, how far each one's log is, and the logs.

CREATE TABLE session (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- Of the last change; the row is valid from here on.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  end_time timestamptz,
  -- Numbers of cairn.v1.SessionState and SessionOutcome.
  state smallint NOT NULL,
  outcome smallint NOT NULL,
  title text NOT NULL,
  owner text COLLATE "C" NOT NULL,
  -- Those who take part, in order.
  agents text[] COLLATE "C" NOT NULL,
  -- What it began with.
  entities text[] COLLATE "C" NOT NULL,
  metadata jsonb,
  -- Microseconds for which it lives after its last event; NULL: for ever.
  ttl bigint CHECK (ttl > 0),
  max_events bigint NOT NULL,
  checkpoint_interval integer NOT NULL,
  -- The newest one.
  checkpoint_id text COLLATE "C",
  parent text COLLATE "C",
  -- Of a fork: the last event that it shares with its parent.
  fork_sequence bigint,
  -- Nothing is left of it but its id and its place in the family.
  is_purged boolean NOT NULL DEFAULT false,
  -- Where it stands in the family: below which session without a parent, NULL for that one itself, and how far below.
  root text COLLATE "C",
  depth integer NOT NULL DEFAULT 0,
  PRIMARY KEY (project_id, session_id)
);

-- The terms under which the index finds the sessions of an agent: each names its project.
CREATE FUNCTION session_agent_terms(project_id text, agents text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(session_agent_terms.project_id || '/' || agent) FROM unnest(agents) AS agent);

CREATE INDEX session_by_create_time ON session (project_id, create_time, session_id);
CREATE INDEX session_by_agent ON session USING gin (session_agent_terms(project_id, agents)) WHERE agents <> '{}';
CREATE INDEX session_by_owner ON session (project_id, owner, create_time, session_id) WHERE owner <> '';
CREATE INDEX session_by_parent ON session (project_id, parent, create_time, session_id) WHERE parent IS NOT NULL;
CREATE INDEX session_by_root ON session (project_id, root, create_time, session_id) WHERE root IS NOT NULL;
-- Since when it has been over.
CREATE INDEX session_by_end ON session (project_id, (least(end_time, delete_time)), session_id)
  WHERE least(end_time, delete_time) IS NOT NULL AND NOT is_purged;

-- A session as it was from `from_position` to just before `position`, the write that superseded it.
CREATE TABLE session_version (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  from_position bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  end_time timestamptz,
  state smallint NOT NULL,
  outcome smallint NOT NULL,
  title text NOT NULL,
  owner text COLLATE "C" NOT NULL,
  agents text[] COLLATE "C" NOT NULL,
  entities text[] COLLATE "C" NOT NULL,
  metadata jsonb,
  ttl bigint,
  max_events bigint NOT NULL,
  checkpoint_interval integer NOT NULL,
  checkpoint_id text COLLATE "C",
  parent text COLLATE "C",
  fork_sequence bigint,
  is_purged boolean NOT NULL,
  PRIMARY KEY (project_id, session_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE session_version_rest PARTITION OF session_version DEFAULT;
CREATE INDEX session_version_by_position ON session_version (project_id, position);

-- How far a session's log is, and when the session expires. Every write of a session locks this row first. It is small, and
-- what appends change of it is in no index, so that a new row finds its place beside the old one.
CREATE TABLE session_head (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  last_sequence bigint NOT NULL,
  last_event_time timestamptz,
  -- NULL: never.
  expire_time timestamptz,
  -- When the sweep looks whether it has expired: at `expire_time` or before. NULL: never again.
  look_time timestamptz,
  PRIMARY KEY (project_id, session_id)
) WITH (fillfactor = 50);
CREATE INDEX session_head_look ON session_head (project_id, look_time) WHERE look_time IS NOT NULL;

-- What was appended, in the order of positions as in that of `sequence`.
CREATE TABLE session_event (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  position bigint NOT NULL,
  ordinal integer NOT NULL,
  at timestamptz NOT NULL,
  principal text NOT NULL,
  agent text,
  session text,
  task text,
  lease text,
  lease_epoch bigint,
  operation text NOT NULL,
  -- Number of cairn.v1.SessionEvent.Type.
  type smallint NOT NULL,
  -- Who did it; empty: nobody in particular.
  actor text COLLATE "C" NOT NULL,
  -- What is asked about many events: numbers of cairn.v1.Severity and SessionState, and microseconds.
  severity smallint NOT NULL,
  performance_delta double precision,
  from_state smallint,
  to_state smallint,
  processing_time bigint,
  -- Of a message.
  tokens integer,
  -- What it is about.
  entities text[] COLLATE "C" NOT NULL,
  -- Whether those who watch are sent it.
  is_published boolean NOT NULL,
  -- A cairn.v1.SessionEvent as its bytes, without what stands in other columns.
  body bytea NOT NULL,
  PRIMARY KEY (project_id, session_id, sequence, position)
) PARTITION BY RANGE (position);
CREATE TABLE session_event_rest PARTITION OF session_event DEFAULT;
CREATE INDEX session_event_by_position ON session_event (project_id, position, ordinal);
-- 10: MESSAGE.
CREATE INDEX session_event_message ON session_event (project_id, session_id, sequence) WHERE type = 10;
CREATE INDEX session_event_by_session ON session_event (project_id, session_id, position, ordinal);

-- Which events of other sessions begin the log of a fork: those of its ancestor from `from_sequence` to `through_sequence`.
-- All ancestors whose events it has are here, with those that its parent shares, so a log is put together in one step.
CREATE TABLE session_ancestor (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  ancestor_id text COLLATE "C" NOT NULL,
  from_sequence bigint NOT NULL,
  through_sequence bigint NOT NULL CHECK (through_sequence >= from_sequence),
  PRIMARY KEY (project_id, session_id, through_sequence)
);
CREATE INDEX session_ancestor_by_ancestor ON session_ancestor (project_id, ancestor_id);

-- Which events are about an entity.
CREATE TABLE session_entity (
  project_id text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (project_id, entity_id, session_id, sequence)
);
-- For purging alone. As an expression, because the planner would take plain columns for the key of look-ups of an entity's places,
-- and go through the session for each.
CREATE INDEX session_entity_by_session ON session_entity ((project_id || '/' || session_id));

-- States worth coming back to, at the positions of their writes.
CREATE TABLE session_checkpoint (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  checkpoint_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  sequence bigint NOT NULL,
  create_time timestamptz NOT NULL,
  -- Number of cairn.v1.SessionCheckpoint.Kind.
  kind smallint NOT NULL,
  title text NOT NULL,
  agent text COLLATE "C" NOT NULL,
  -- As in the session then, and of its last events.
  state smallint NOT NULL,
  agents text[] COLLATE "C" NOT NULL,
  outcome smallint NOT NULL,
  key_impacts text[] COLLATE "C" NOT NULL,
  performance_delta double precision NOT NULL,
  PRIMARY KEY (project_id, session_id, checkpoint_id)
);
CREATE INDEX session_checkpoint_by_position ON session_checkpoint (project_id, session_id, position);

INSERT INTO journal_history (table_name) VALUES ('session_version'), ('session_event');
SELECT journal_extend(16777216, 33554432);
