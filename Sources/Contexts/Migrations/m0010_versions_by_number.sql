-- Finds a version of a context by its number, however many there are.
CREATE INDEX context_version_by_number ON context_version (project_id, context_id, version);
