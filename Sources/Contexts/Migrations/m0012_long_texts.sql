-- Words of long texts: made after the write, in short transactions of their own, and sorted into the index by whoever
-- holds nobody up meanwhile. A transaction that has its id holds back every feed until it ends.

-- Where PostgreSQL was built with it, lz4 takes an eighth of the time that its own compression does.
DO $$
DECLARE
  part regclass;
BEGIN
  ALTER TABLE context_text ALTER COLUMN words SET COMPRESSION lz4;
  FOR part IN SELECT relid FROM pg_partition_tree('context_version') LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN words SET COMPRESSION lz4', part);
  END LOOP;
  ALTER TABLE context ALTER COLUMN content SET COMPRESSION lz4, ALTER COLUMN data SET COMPRESSION lz4;
  FOR part IN
    SELECT relid FROM pg_partition_tree('context_version') UNION ALL SELECT relid FROM pg_partition_tree('context_payload')
  LOOP
    EXECUTE format(
      'ALTER TABLE %s ALTER COLUMN content SET COMPRESSION lz4, ALTER COLUMN data SET COMPRESSION lz4', part);
  END LOOP;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;

-- Entries wait in lists that are sorted in by context_text_settle, outside of writes. A search reads a list from end to
-- end: a million words in some 5 ms. Only if nobody settles them for long, a write does.
ALTER INDEX context_text_by_word SET (gin_pending_list_limit = 131072);
-- PostgreSQL cannot alter the index of a partitioned table.
DROP INDEX context_version_by_word;
CREATE INDEX context_version_by_word ON context_version USING gin (words)
  WITH (fastupdate = on, gin_pending_list_limit = 131072);

-- Sorts what waits into the indexes of words. Takes no transaction id, so no feed waits for it. As the owner, which
-- PostgreSQL asks for.
CREATE FUNCTION context_text_settle() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  part regclass;
BEGIN
  PERFORM gin_clean_pending_list('context_text_by_word');
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'context_version_by_word'::regclass LOOP
    PERFORM gin_clean_pending_list(part);
  END LOOP;
END
$$;
ALTER FUNCTION context_text_settle SET search_path FROM CURRENT;

-- Whether the words are those of the whole text, or are still to be made.
ALTER TABLE context_text ADD COLUMN is_whole boolean NOT NULL DEFAULT true;
CREATE INDEX context_text_unfinished ON context_text (project_id, number) WHERE NOT is_whole;

-- Makes the words of a context, in the language that its project has now: $2 the write that its text is from; NULL
-- when the words are made anew of a text that stays. A write leaves the words of a long text for later, and, where it
-- says so by the setting cairn.defer_words, those of all: then only the marks are there at once.
CREATE OR REPLACE FUNCTION context_text_make(context context, since bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  is_whole CONSTANT boolean := since IS NULL
    OR octet_length(context.content) <= 16384 AND coalesce(current_setting('cairn.defer_words', true), '') <> 'on';
  project_language text;
  config regconfig;
  words tsvector := '';
  head tsvector;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project.project_id = context.project_id;
  project_language := coalesce(project_language, 'simple');
  config := ('pg_catalog.' || project_language)::regconfig;
  IF is_whole THEN
    words := context_words(config, context.title, context.tags, context.content);
  END IF;
  IF octet_length(context.content) > 3000 THEN
    head := CASE WHEN is_whole THEN context_words(config, context.title, context.tags, left(context.content, 1500))
      ELSE '' END;
  END IF;
  INSERT INTO context_text AS stored (project_id, number, context_id, position, create_time, update_time,
    delete_time, expire_time, type, status, owner, session, tags, words_from, language, lexemes, bytes, words, head,
    is_whole)
  VALUES (context.project_id, context.number, context.context_id, context.position, context.create_time,
    context.update_time, context.delete_time, context.expire_time, context.type, context.status, context.owner,
    context.session, context.tags, coalesce(since, context.position), project_language, length(words),
    octet_length(context.title) + octet_length(left(context.content, 100000)),
    words || array_to_tsvector(context_marks(
      context.project_id, context.number, context.type, context.owner, context.session, context.tags)),
    head, is_whole)
  ON CONFLICT (project_id, number) DO UPDATE SET
    position = excluded.position, create_time = excluded.create_time, update_time = excluded.update_time,
    delete_time = excluded.delete_time, expire_time = excluded.expire_time, type = excluded.type,
    status = excluded.status, owner = excluded.owner, session = excluded.session, tags = excluded.tags,
    words_from = coalesce(since, stored.words_from), language = excluded.language, lexemes = excluded.lexemes,
    bytes = excluded.bytes, words = excluded.words, head = excluded.head, is_whole = excluded.is_whole;
END
$$;

-- A former version without words that says since when it had them is to get them.
CREATE INDEX context_version_unfinished ON context_version (project_id, context_id, position)
  WHERE words IS NULL AND words_from IS NOT NULL;

-- The words of a context whose text is about to change, and since when it has them. Those of long texts, and of all where
-- the write says so, are made again after it: to enter them into the index of the past takes long, too.
CREATE OR REPLACE FUNCTION context_text_of(context context, OUT words tsvector, OUT words_from bigint)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT CASE WHEN stored.is_whole AND octet_length(context.content) <= 16384
      AND coalesce(current_setting('cairn.defer_words', true), '') <> 'on' THEN stored.words END,
    stored.words_from
  INTO words, words_from FROM context_text AS stored
  WHERE project_id = context.project_id AND number = context.number;
END
$$;

-- Makes the words that writes left for later, of these contexts and their former versions, of texts up to some bytes and
-- one more, and says how many are left. First the words, which takes time; only then the transaction gets its id and stores them. A row that
-- somebody else writes at the moment is left, and so is everything if the project's language changes meanwhile.
CREATE FUNCTION context_text_finish(project_key text, ids text[], size bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  config regconfig;
  item record;
  words tsvector;
  numbers bigint[] := '{}';
  origins bigint[] := '{}';
  all_words tsvector[] := '{}';
  heads tsvector[] := '{}';
  counts integer[] := '{}';
  old_ids text[] := '{}';
  old_positions bigint[] := '{}';
  old_words tsvector[] := '{}';
  bytes bigint := 0;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project_id = project_key;
  config := ('pg_catalog.' || coalesce(project_language, 'simple'))::regconfig;
  FOR item IN
    SELECT stored.number, stored.words_from, stored.type, stored.owner, stored.session, context.title, context.tags,
      context.content
    FROM context_text AS stored
    JOIN context ON context.project_id = stored.project_id AND context.context_id = stored.context_id
    WHERE stored.project_id = project_key AND stored.context_id = ANY (ids) AND NOT stored.is_whole
    ORDER BY stored.number
  LOOP
    words := context_words(config, item.title, item.tags, item.content);
    numbers := numbers || item.number;
    origins := origins || item.words_from;
    counts := counts || length(words);
    all_words := array_append(all_words, words || array_to_tsvector(
      context_marks(project_key, item.number, item.type, item.owner, item.session, item.tags)));
    heads := array_append(heads, CASE WHEN octet_length(item.content) > 3000
      THEN context_words(config, item.title, item.tags, left(item.content, 1500)) END);
    bytes := bytes + octet_length(item.content);
    EXIT WHEN bytes >= size;
  END LOOP;
  FOR item IN
    SELECT past.* FROM context_version AS stored JOIN context_past AS past USING (project_id, context_id, position)
    WHERE stored.project_id = project_key AND stored.context_id = ANY (ids)
      AND stored.words IS NULL AND stored.words_from IS NOT NULL
    ORDER BY stored.context_id, stored.position
  LOOP
    EXIT WHEN bytes >= size;
    old_ids := old_ids || item.context_id;
    old_positions := old_positions || item.position;
    old_words := array_append(old_words, context_words(config, item.title, item.tags, item.content)
      || array_to_tsvector(
        context_marks(project_key, item.number, item.type, item.owner, item.session, item.tags)));
    bytes := bytes + octet_length(item.content);
  END LOOP;
  IF old_ids <> '{}' THEN
    UPDATE context_version AS stored SET words = made.words
    FROM unnest(old_ids, old_positions, old_words) AS made (id, position, words)
    WHERE stored.project_id = project_key AND stored.context_id = made.id AND stored.position = made.position
      AND stored.words IS NULL;
  END IF;
  IF numbers <> '{}' THEN
    PERFORM pg_current_xact_id();
    UPDATE context_text AS stored SET
      language = coalesce(project_language, 'simple'), lexemes = made.lexemes, words = made.words, head = made.head,
      is_whole = true
    FROM (
      SELECT number FROM context_text
      WHERE project_id = project_key AND number = ANY (numbers) AND NOT is_whole
      ORDER BY number
      FOR UPDATE SKIP LOCKED
    ) AS free
    JOIN unnest(numbers, origins, counts, all_words, heads) AS made (number, origin, lexemes, words, head)
      USING (number)
    WHERE stored.project_id = project_key AND stored.number = made.number AND stored.words_from = made.origin
      AND project_language IS NOT DISTINCT FROM (
        SELECT search_language FROM project AS now WHERE now.project_id = project_key);
  END IF;
  RETURN (
    SELECT count(*) FROM context_text WHERE project_id = project_key AND context_id = ANY (ids) AND NOT is_whole
  ) + (
    SELECT count(*) FROM context_version AS stored
    WHERE stored.project_id = project_key AND stored.context_id = ANY (ids) AND stored.words IS NULL
      AND stored.words_from IS NOT NULL);
END
$$;

-- Makes the words of the next contexts after an id anew, up to so many of them and so many bytes of text, and says how
-- many there were and which was last. The contexts are locked as writers lock them: first, and in the order of their
-- ids.
DROP FUNCTION context_text_renew(text, text, integer);
CREATE FUNCTION context_text_renew(
  project text, after text, size integer, text_size bigint, OUT renewed bigint, OUT last text
) LANGUAGE plpgsql AS $$
DECLARE
  item context;
  bytes bigint := 0;
BEGIN
  renewed := 0;
  FOR item IN
    SELECT * FROM context
    WHERE context.project_id = project AND context.context_id > after
    ORDER BY context.context_id LIMIT size
    FOR SHARE
  LOOP
    PERFORM context_text_make(item, NULL);
    renewed := renewed + 1;
    last := item.context_id;
    bytes := bytes + octet_length(item.content);
    EXIT WHEN bytes >= text_size;
  END LOOP;
END
$$;

-- The same for those among the next `size` contexts by number whose words are of another language than the project's:
-- how many of them there were, and which number was looked at last; NULL after all.
CREATE FUNCTION context_text_renew_other(
  project_key text, after bigint, size integer, text_size bigint, OUT renewed bigint, OUT last bigint
) LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  item record;
  found context;
  bytes bigint := 0;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project_id = project_key;
  renewed := 0;
  FOR item IN
    SELECT number, context_id, language FROM context_text
    WHERE project_id = project_key AND number > after
    ORDER BY number LIMIT size
  LOOP
    last := item.number;
    CONTINUE WHEN item.language = project_language;
    SELECT * INTO found FROM context WHERE project_id = project_key AND context_id = item.context_id FOR SHARE;
    CONTINUE WHEN found.context_id IS NULL;
    PERFORM context_text_make(found, NULL);
    renewed := renewed + 1;
    bytes := bytes + octet_length(found.content);
    EXIT WHEN bytes >= text_size;
  END LOOP;
END
$$;
