-- Who may write as part of what, until somebody else does: a write that names a lease holds its row FOR SHARE; whoever
-- revokes it, or gives it to another holder, locks the row and raises the epoch.
CREATE TABLE lease (
  project_id text COLLATE "C" NOT NULL,
  lease_id text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL CHECK (epoch > 0),
  holder text NOT NULL,
  -- When others may take it.
  until timestamptz NOT NULL,
  PRIMARY KEY (project_id, lease_id)
) WITH (fillfactor = 70);

-- Under which lease a change was made; its epoch is there already.
ALTER TABLE change ADD COLUMN lease text;
