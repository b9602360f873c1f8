-- Former rows are found by the position at which they ended, so that pruning reads no others. A summary of ranges of
-- blocks says nothing any more once new rows take the space of old ones.
DROP INDEX context_version_by_position;
CREATE INDEX context_version_by_position ON context_version (project_id, position);
CREATE INDEX context_payload_by_position ON context_payload (project_id, position);
CREATE INDEX relationship_version_by_position ON relationship_version (project_id, position);
CREATE INDEX template_version_by_position ON template_version (project_id, position);

-- A version without content has that of the first payload that ended with it or later: versions go first.
UPDATE journal_history SET place = 1 WHERE table_name = 'context_payload';

-- A context that was deleted after this position must not be purged: somebody holds what was before. An export holds all
-- that is there.
CREATE FUNCTION context_purge_limit(project_key text) RETURNS bigint LANGUAGE sql STABLE
RETURN (
  SELECT coalesce(min(CASE WHEN kind = 'export' THEN 0 ELSE position END), 9223372036854775807) FROM hold
  WHERE project_id = project_key AND until > clock_timestamp()
);
