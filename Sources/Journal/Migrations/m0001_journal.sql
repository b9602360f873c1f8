-- The journal: what every domain shares. See docs/journal.md.

-- Who this journal is: positions of one mean nothing in another.
CREATE TABLE journal (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  journal_id uuid NOT NULL DEFAULT gen_random_uuid(),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- History at and below this position is gone.
  pruned_position bigint NOT NULL DEFAULT 0
);
INSERT INTO journal DEFAULT VALUES;

-- Every write operation draws one position. CACHE 1: a cached block would be handed out long after its time.
CREATE SEQUENCE journal_position AS bigint CACHE 1 NO CYCLE;

-- A project's id is the text that callers send: short, unchangeable, and the first column of every key.
CREATE TABLE project (
  project_id text COLLATE "C" PRIMARY KEY
    CHECK (project_id ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  title text NOT NULL DEFAULT '',
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  position bigint NOT NULL DEFAULT 0
);
INSERT INTO project (project_id) VALUES ('default');

-- One row for every resource that a write changed. No foreign key to project: checking it would lock one
-- row for all writers.
CREATE TABLE change (
  project_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  ordinal integer NOT NULL,
  at timestamptz NOT NULL,
  principal text NOT NULL,
  agent text,
  session text,
  task text,
  lease_epoch bigint,
  -- The method, such as cairn.v1.ContextService/UpdateContext.
  operation text NOT NULL,
  -- What was changed, as 'context', and its id.
  kind text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  -- 'created', 'updated', 'deleted', 'undeleted', …: the domain's word.
  action text COLLATE "C" NOT NULL,
  -- NULL where there was or is none.
  old_version bigint,
  new_version bigint,
  PRIMARY KEY (project_id, position, ordinal)
) PARTITION BY RANGE (position);

-- Safety net for positions that no partition was made for in time. Empty in normal operation.
CREATE TABLE change_rest PARTITION OF change DEFAULT;

-- The tables that are partitioned by position, and where the next partition begins.
CREATE TABLE journal_history (
  table_name text PRIMARY KEY,
  next_position bigint NOT NULL DEFAULT 0
);
INSERT INTO journal_history (table_name) VALUES ('change');

-- Makes partitions of `size` positions until `ahead` positions from now are covered, and returns how many it
-- made. Never part of a write: called at the start and by maintenance, with a lock_timeout, because ATTACH
-- takes the default partition for itself for a moment. Rows that landed there meanwhile move along.
CREATE FUNCTION journal_extend(size bigint, ahead bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  goal CONSTANT bigint := coalesce(pg_sequence_last_value('journal_position'), 0) + ahead;
  history record;
  lower bigint;
  part text;
  made integer := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM journal_history WHERE next_position <= goal) THEN
    RETURN 0;
  END IF;
  -- Servers take turns; who waited finds nothing left to do.
  FOR history IN SELECT table_name FROM journal_history ORDER BY table_name FOR UPDATE LOOP
    SELECT next_position INTO lower FROM journal_history WHERE table_name = history.table_name;
    WHILE lower <= goal LOOP
      part := history.table_name || '_p' || lpad(lower::text, 19, '0');
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, history.table_name);
      EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', history.table_name || '_rest');
      EXECUTE format(
        'WITH stray AS (DELETE FROM %I WHERE position >= $1 AND position < $2 RETURNING *)'
        ' INSERT INTO %I SELECT * FROM stray', history.table_name || '_rest', part)
        USING lower, lower + size;
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
        history.table_name, part, lower, lower + size);
      lower := lower + size;
      made := made + 1;
    END LOOP;
    UPDATE journal_history SET next_position = lower
      WHERE table_name = history.table_name AND next_position <> lower;
  END LOOP;
  RETURN made;
END
$$;
ALTER FUNCTION journal_extend SET search_path FROM CURRENT;

SELECT journal_extend(16777216, 33554432);

-- The position and time of the write under way, once it has drawn: for the statements that follow the draw.
CREATE VIEW drawn AS
  SELECT currval('journal_position') AS position, current_setting('cairn.at')::timestamptz AS at;

-- What was answered to a request that named itself, so that its repetition gets the same answer.
CREATE TABLE request (
  project_id text COLLATE "C" NOT NULL,
  principal text COLLATE "C" NOT NULL,
  method text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  -- SHA-256 of the request message.
  hash bytea NOT NULL,
  -- The answer without what the write itself gave: those are position and at.
  answer bytea NOT NULL,
  position bigint NOT NULL,
  at timestamptz NOT NULL,
  expire_time timestamptz NOT NULL,
  PRIMARY KEY (project_id, principal, method, request_id)
);
CREATE INDEX request_expire ON request (project_id, expire_time);
