-- Lifetime: contexts that expire, and deleted ones that are purged. Reads of the past.

-- When it counts as deleted, and, of a deleted one, when it goes for good.
ALTER TABLE context ADD COLUMN expire_time timestamptz, ADD COLUMN purge_time timestamptz;
ALTER TABLE context_version ADD COLUMN expire_time timestamptz, ADD COLUMN purge_time timestamptz;
UPDATE context SET purge_time = now() + interval '30 days' WHERE delete_time IS NOT NULL;

-- What the sweeps look for. Others cost nothing here.
CREATE INDEX context_by_expire_time ON context (project_id, expire_time)
  WHERE expire_time IS NOT NULL AND delete_time IS NULL;
CREATE INDEX context_by_purge_time ON context (project_id, purge_time) WHERE purge_time IS NOT NULL;

-- 0: there; 1: deleted, or expired, which is the same to readers; 2: to be purged, and no longer there for
-- anybody.
CREATE FUNCTION context_life(
  delete_time timestamptz, expire_time timestamptz, purge_time timestamptz, at timestamptz)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN purge_time <= at THEN 2
  WHEN delete_time IS NOT NULL OR expire_time <= at THEN 1
  ELSE 0
END;

-- Lists as of a moment look for what was superseded after it. History is written in the order of positions, so
-- the ranges of a few blocks say enough, and writing costs nothing.
CREATE INDEX context_version_by_position ON context_version
  USING brin (project_id, position, from_position) WITH (pages_per_range = 16, autosummarize = on);
