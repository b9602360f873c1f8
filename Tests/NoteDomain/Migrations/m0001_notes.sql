-- Notes: the present row of each, and the rows that were superseded.
CREATE TABLE note (
  project_id text COLLATE "C" NOT NULL,
  note_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL, position bigint NOT NULL,
  create_time timestamptz NOT NULL, update_time timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (project_id, note_id)
);
CREATE TABLE note_version (
  LIKE note, from_position bigint NOT NULL, PRIMARY KEY (project_id, note_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE note_version_rest PARTITION OF note_version DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('note_version');
SELECT journal_extend(16777216, 33554432);
