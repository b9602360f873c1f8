-- Operations take turns, may be about one thing of several, and can be cancelled: their state is 'running', 'done',
-- 'failed' or 'cancelled'.

ALTER TABLE operation
  -- What it is about, where a project may have several of a kind at once; else empty.
  ADD COLUMN subject text COLLATE "C" NOT NULL DEFAULT '',
  -- When its last turn ended: what has waited longest is next.
  ADD COLUMN turn_time timestamptz NOT NULL DEFAULT '-infinity',
  -- Steps that have failed since one succeeded.
  ADD COLUMN failures integer NOT NULL DEFAULT 0;

-- One of a kind and subject at a time.
DROP INDEX operation_running;
CREATE UNIQUE INDEX operation_running ON operation (project_id, kind, subject) WHERE state = 'running';
