-- Projects keep their versions, as all that callers change.

-- What was the position of the creation says so; `position` is that of the last change, as everywhere.
ALTER TABLE project RENAME COLUMN position TO create_position;
ALTER TABLE project
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  ADD COLUMN position bigint NOT NULL DEFAULT 0;
-- What was changed before counts as being so from the beginning.
UPDATE project SET position = create_position;

-- The settings of a project from `from_position` to just before `position`, the write that superseded them.
CREATE TABLE project_version (
  project_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  from_position bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  title text NOT NULL,
  search_language text NOT NULL,
  PRIMARY KEY (project_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE project_version_rest PARTITION OF project_version DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('project_version');
SELECT journal_extend(16777216, 33554432);
