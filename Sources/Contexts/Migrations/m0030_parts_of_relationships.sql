-- A write may supersede several rows of one relationship: those that ended, and the one that is open.
ALTER TABLE relationship_version
  DROP CONSTRAINT relationship_version_pkey,
  ADD PRIMARY KEY (project_id, from_id, kind, name, to_id, position, valid_to);
