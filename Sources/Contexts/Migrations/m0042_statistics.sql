-- Statistics of tables with indexes whose lists of new entries are long. When autovacuum analyzes such a table it sorts these
-- lists in first, for many seconds and with a transaction id: all feeds waited for it. An ANALYZE that others begin leaves
-- the lists alone, and has an id only while it stores what it found. So the sweep of contexts begins it.
ALTER TABLE context SET (autovacuum_analyze_threshold = 2147483647);
ALTER TABLE context_text SET (autovacuum_analyze_threshold = 2147483647);

-- The same for partitions that have been made since.
CREATE FUNCTION context_leave_lists() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  part regclass;
BEGIN
  FOR part IN
    SELECT class.oid FROM pg_inherits JOIN pg_class AS class ON class.oid = inhrelid
    WHERE inhparent = 'context_version'::regclass
      AND NOT coalesce('autovacuum_analyze_threshold=2147483647' = ANY (class.reloptions), false)
  LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_analyze_threshold = 2147483647)', part);
  END LOOP;
END
$$;
SELECT context_leave_lists();

-- Analyzes the table that has changed most, where autovacuum would do so; returns its name.
CREATE FUNCTION context_analyze() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  due regclass;
BEGIN
  PERFORM context_leave_lists();
  SELECT class.oid INTO due
  FROM pg_class AS class JOIN pg_stat_all_tables AS changed ON changed.relid = class.oid
  WHERE (class.oid IN ('context'::regclass, 'context_text'::regclass)
      OR class.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'context_version'::regclass))
    AND n_mod_since_analyze > current_setting('autovacuum_analyze_threshold')::bigint
      + current_setting('autovacuum_analyze_scale_factor')::float8 * greatest(class.reltuples, 0)
  ORDER BY n_mod_since_analyze DESC LIMIT 1;
  IF due IS NOT NULL THEN EXECUTE format('ANALYZE (SKIP_LOCKED) %s', due); END IF;
  RETURN due;
END
$$;
ALTER FUNCTION context_analyze SET search_path FROM CURRENT;
ALTER FUNCTION context_leave_lists SET search_path FROM CURRENT;
