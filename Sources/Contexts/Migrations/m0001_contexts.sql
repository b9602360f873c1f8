-- Contexts: the current row of each, and the rows that were superseded.

CREATE TABLE context (
  project_id text COLLATE "C" NOT NULL,
  context_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- Of the last change; the row is valid from here on.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  -- Numbers of cairn.v1.ContextType and ContextStatus.
  type smallint NOT NULL,
  status smallint NOT NULL,
  title text NOT NULL,
  media_type text NOT NULL,
  owner text COLLATE "C" NOT NULL,
  session text COLLATE "C" NOT NULL,
  tags text[] NOT NULL,
  metadata jsonb,
  content text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (project_id, context_id)
);

-- The terms under which the tag index finds a context: each names its project, so that two projects with the
-- same tag never meet.
CREATE FUNCTION context_tag_terms(project_id text, tags text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(context_tag_terms.project_id || '/' || tag) FROM unnest(tags) AS tag);

-- The orders of lists. Ties are broken by id, as in the lists themselves.
CREATE INDEX context_by_create_time ON context (project_id, create_time, context_id);
CREATE INDEX context_by_update_time ON context (project_id, update_time, context_id);
-- The filters of lists. What most contexts do not have costs nothing where it is not there.
CREATE INDEX context_by_type ON context (project_id, type, create_time, context_id);
CREATE INDEX context_by_status ON context (project_id, status, create_time, context_id)
  WHERE status <> 2;
CREATE INDEX context_by_owner ON context (project_id, owner, create_time, context_id) WHERE owner <> '';
CREATE INDEX context_by_session ON context (project_id, session, create_time, context_id)
  WHERE session <> '';
CREATE INDEX context_by_tag ON context USING gin (context_tag_terms(project_id, tags))
  WHERE tags <> '{}';

-- A context as it was from `from_position` to just before `position`, the write that superseded it.
CREATE TABLE context_version (
  project_id text COLLATE "C" NOT NULL,
  context_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  from_position bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  type smallint NOT NULL,
  status smallint NOT NULL,
  title text NOT NULL,
  media_type text NOT NULL,
  owner text COLLATE "C" NOT NULL,
  session text COLLATE "C" NOT NULL,
  tags text[] NOT NULL,
  metadata jsonb,
  content text NOT NULL,
  data bytea NOT NULL,
  -- Finds the state at any moment: the first row whose position is above it. By the end of validity, so that
  -- a partition below the horizon holds nothing that anybody can still ask for.
  PRIMARY KEY (project_id, context_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE context_version_rest PARTITION OF context_version DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('context_version');
-- The first partitions at once: a row on its way to the default partition fails while others are attached.
SELECT journal_extend(16777216, 33554432);
