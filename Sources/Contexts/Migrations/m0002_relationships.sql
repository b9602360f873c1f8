-- Relationships between contexts: the current rows, and the rows that were superseded.

CREATE TABLE relationship (
  project_id text COLLATE "C" NOT NULL,
  from_id text COLLATE "C" NOT NULL,
  -- Number of cairn.v1.RelationshipKind.
  kind smallint NOT NULL,
  -- Of a custom one; else empty.
  name text COLLATE "C" NOT NULL,
  to_id text COLLATE "C" NOT NULL,
  -- When it holds, in the world that the contexts speak of; 'infinity' while it has no end.
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  version bigint NOT NULL,
  -- Of the last change; the row is valid from here on.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  weight double precision NOT NULL,
  metadata jsonb,
  -- With the end, so that there is one without an end, and those that have ended stay beside it. No foreign
  -- keys to context: checking them would lock rows that are written for other reasons.
  PRIMARY KEY (project_id, from_id, kind, name, to_id, valid_to)
);
CREATE INDEX relationship_in ON relationship (project_id, to_id, kind, name, from_id, valid_to);

-- A relationship as it was from `from_position` to just before `position`, the write that changed it or took
-- it away.
CREATE TABLE relationship_version (
  project_id text COLLATE "C" NOT NULL,
  from_id text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  name text COLLATE "C" NOT NULL,
  to_id text COLLATE "C" NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  version bigint NOT NULL,
  from_position bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  weight double precision NOT NULL,
  metadata jsonb,
  PRIMARY KEY (project_id, from_id, kind, name, to_id, position)
) PARTITION BY RANGE (position);
CREATE INDEX relationship_version_in
  ON relationship_version (project_id, to_id, kind, name, from_id, position);
CREATE TABLE relationship_version_rest PARTITION OF relationship_version DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('relationship_version');
SELECT journal_extend(16777216, 33554432);
