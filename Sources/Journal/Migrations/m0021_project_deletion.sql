-- Projects can be deleted: for their callers at once, then row by row.

ALTER TABLE project
  ADD COLUMN delete_time timestamptz,
  -- Of the deletion, by which servers hear of it.
  ADD COLUMN delete_position bigint,
  -- When the last of what it held was gone. The row stays: an id is never given to another project.
  ADD COLUMN purge_time timestamptz;
CREATE INDEX project_by_delete_position ON project (delete_position) WHERE delete_position IS NOT NULL;

-- Removes rows of a deleted project for some 50 ms, whatever tables they are in: every table of this schema with a column
-- project_id, so that none can be forgotten. Operations go first, because they might write to the others. `is_empty`: there
-- was nothing left.
CREATE FUNCTION journal_purge(project text, OUT removed bigint, OUT is_empty boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  stop CONSTANT timestamptz := clock_timestamp() + interval '50 milliseconds';
  held regclass;
  part bigint;
BEGIN
  -- Not even a server that is mistaken can remove what is not deleted.
  IF NOT EXISTS (
    SELECT FROM project AS deleted
    WHERE deleted.project_id = journal_purge.project AND delete_time IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'project % is not deleted', project;
  END IF;
  removed := 0;
  is_empty := false;
  FOR held IN
    SELECT pg_class.oid FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'project_id' AND NOT attisdropped
    WHERE relkind = 'r' AND pg_class.oid <> 'project'::regclass
      AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'project'::regclass)
    ORDER BY relname <> 'operation', relname
  LOOP
    LOOP
      EXECUTE format(
        'DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE project_id = $1 LIMIT 100))', held, held)
        USING project;
      GET DIAGNOSTICS part = ROW_COUNT;
      EXIT WHEN part = 0;
      removed := removed + part;
      IF clock_timestamp() >= stop THEN
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
  is_empty := removed = 0;
END
$$;
ALTER FUNCTION journal_purge SET search_path FROM CURRENT;
