-- Templates: the current row of each, and the rows that were superseded.

CREATE TABLE template (
  project_id text COLLATE "C" NOT NULL,
  template_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- Of the last change; the row is valid from here on.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  -- A cairn.v1.Template as its bytes, without what stands in other columns.
  definition bytea NOT NULL,
  PRIMARY KEY (project_id, template_id)
);

-- A template as it was from `from_position` to just before `position`, the write that superseded it.
CREATE TABLE template_version (
  project_id text COLLATE "C" NOT NULL,
  template_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  from_position bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  definition bytea NOT NULL,
  PRIMARY KEY (project_id, template_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE template_version_rest PARTITION OF template_version DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('template_version');
SELECT journal_extend(16777216, 33554432);
