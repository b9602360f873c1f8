-- Duties: work in the background that one server at a time does for all. A row is a lease, so that no transaction
-- stays open while the work is done, and that who dies loses it.
CREATE TABLE journal_duty (
  name text COLLATE "C" PRIMARY KEY,
  holder text NOT NULL,
  expire_time timestamptz NOT NULL
);
