-- Work that outlives the call that asked for it, and what a project may set.

-- The configuration of pg_catalog that makes words of texts.
ALTER TABLE project ADD COLUMN search_language text NOT NULL DEFAULT 'simple';

-- Work done in short steps, by one server at a time; another one goes on where it stopped.
CREATE TABLE operation (
  project_id text COLLATE "C" NOT NULL,
  operation_id text COLLATE "C" NOT NULL,
  -- What is done, as 'reindex'.
  kind text COLLATE "C" NOT NULL,
  -- 'running', 'done' or 'failed'.
  state text COLLATE "C" NOT NULL DEFAULT 'running',
  principal text NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Items done, and how many there are: an estimate until it is done.
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  -- Where to go on: the kind's own words, empty at the start.
  resume text NOT NULL DEFAULT '',
  -- Why it failed.
  message text NOT NULL DEFAULT '',
  -- Who works on it, and until when others leave it to them. A step that takes longer counts for nothing.
  holder text COLLATE "C" NOT NULL DEFAULT '',
  lease_time timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (project_id, operation_id)
);
-- One of a kind at a time.
CREATE UNIQUE INDEX operation_running ON operation (project_id, kind) WHERE state = 'running';
