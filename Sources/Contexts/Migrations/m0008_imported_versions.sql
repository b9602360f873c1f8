-- Imports of former versions: how many were stored, and the contexts that stand as one of them, because their
-- own record has not come yet.
ALTER TABLE import
  ADD COLUMN versions bigint NOT NULL DEFAULT 0,
  ADD COLUMN unfinished text[] COLLATE "C" NOT NULL DEFAULT '{}';
