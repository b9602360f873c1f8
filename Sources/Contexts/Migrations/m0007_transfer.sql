-- How far imports have come: updated in the transaction that stores the rows, so that an import goes on after a
-- cut with nothing stored twice.

CREATE TABLE import (
  project_id text COLLATE "C" NOT NULL,
  -- What is imported: the method that does it, such as `cairn.v1.ContextService/ImportContexts`.
  method text COLLATE "C" NOT NULL,
  import_id text COLLATE "C" NOT NULL,
  -- Number of cairn.v1.ImportMode.
  mode smallint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  -- Counts the calls that worked on it: only the newest one may go on.
  epoch bigint NOT NULL,
  -- Everything up to this place in the file is dealt with; what became of it.
  acknowledged bigint NOT NULL,
  stored bigint NOT NULL,
  overwritten bigint NOT NULL,
  skipped bigint NOT NULL,
  failed bigint NOT NULL,
  ignored bigint NOT NULL,
  -- Of the last write.
  position bigint NOT NULL,
  PRIMARY KEY (project_id, method, import_id)
);
CREATE INDEX import_by_update_time ON import (project_id, update_time);
