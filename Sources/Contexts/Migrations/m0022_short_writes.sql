-- Writes hold feeds back for a shorter time: look-ups by key from the first row on, texts that are not unpacked where
-- nobody reads them, and words made after a write by several at once without waiting for each other.

-- Of indexes that seem equally good the planner takes the newest. A plan made while the table is empty, and kept, would
-- look up an id in an index that begins with the project alone, and read the whole project.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM context) THEN
    ALTER TABLE context DROP CONSTRAINT context_pkey, ADD CONSTRAINT context_pkey PRIMARY KEY (project_id, context_id);
  END IF;
END
$$;

-- Tags wait like words; 4 MB of them would be sorted in by whichever write comes next.
ALTER INDEX context_by_tag SET (fastupdate = on, gin_pending_list_limit = 131072);
-- Who comes while another does it leaves it to him.
CREATE OR REPLACE FUNCTION context_text_settle() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  part regclass;
BEGIN
  -- AdvisoryLockClass.words
  IF NOT pg_try_advisory_xact_lock(x'43414912'::integer, 0) THEN RETURN; END IF;
  PERFORM gin_clean_pending_list('context_by_tag');
  PERFORM gin_clean_pending_list('context_text_by_word');
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'context_version_by_word'::regclass LOOP
    PERFORM gin_clean_pending_list(part);
  END LOOP;
END
$$;
ALTER FUNCTION context_text_settle SET search_path FROM CURRENT;

-- Bytes of the text that words are made of. Reads no text that has no more characters than are looked at.
CREATE FUNCTION context_text_bytes(title text, content text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(title)
  + CASE WHEN octet_length(content) <= 100000 THEN octet_length(content) ELSE octet_length(left(content, 100000)) END;

-- Follows every change of a context, whoever makes it: keeps what it replaces as a version, and the words as
-- the text is. A change has a new position; what else touches a row, such as a migration, leaves no version.
-- Words of long texts are left for later, those that are replaced as well: to enter them into the index of the past
-- takes long, too. So are all words where the write says so by the setting cairn.defer_words: only the marks are there at
-- once. No row is handed to another function as a whole: that would unpack its texts.
CREATE OR REPLACE FUNCTION context_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_deferred CONSTANT boolean := coalesce(current_setting('cairn.defer_words', true), '') = 'on';
  is_whole CONSTANT boolean := NOT is_deferred AND octet_length(NEW.content) <= 16384;
  has_new_payload boolean;
  is_apart boolean;
  old_words tsvector;
  old_words_from bigint;
  project_language text;
  config regconfig;
  words tsvector := '';
  head tsvector;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    has_new_payload := NEW.payload_from <> OLD.payload_from;
    IF NOT (NEW.title, NEW.type, NEW.owner, NEW.session, NEW.tags)
        IS DISTINCT FROM (OLD.title, OLD.type, OLD.owner, OLD.session, OLD.tags)
      AND NOT (has_new_payload AND NEW.content IS DISTINCT FROM OLD.content)
    THEN
      -- The words stay.
      words := NULL;
    END IF;
    IF NEW.position <> OLD.position THEN
      is_apart := octet_length(OLD.content) + octet_length(OLD.data) > 2048;
      IF is_apart AND has_new_payload THEN
        INSERT INTO context_payload (project_id, context_id, position, content, data)
        VALUES (OLD.project_id, OLD.context_id, NEW.position, OLD.content, OLD.data);
      END IF;
      IF words IS NOT NULL THEN
        SELECT
          CASE WHEN stored.is_whole AND NOT is_deferred AND octet_length(OLD.content) <= 16384 THEN stored.words END,
          stored.words_from
        INTO old_words, old_words_from FROM context_text AS stored
        WHERE project_id = OLD.project_id AND number = OLD.number;
      END IF;
      INSERT INTO context_version (project_id, context_id, version, from_position, position, create_time,
        update_time, delete_time, type, status, title, media_type, owner, session, tags, metadata, expire_time,
        purge_time, memory, content, data, number, words, words_from)
      VALUES (OLD.project_id, OLD.context_id, OLD.version, OLD.position, NEW.position, OLD.create_time,
        OLD.update_time, OLD.delete_time, OLD.type, OLD.status, OLD.title, OLD.media_type, OLD.owner, OLD.session,
        OLD.tags, OLD.metadata, OLD.expire_time, OLD.purge_time, OLD.memory,
        CASE WHEN NOT is_apart THEN OLD.content END, CASE WHEN NOT is_apart THEN OLD.data END, OLD.number,
        old_words, old_words_from);
    END IF;
    IF words IS NULL THEN
      UPDATE context_text SET
        position = NEW.position, create_time = NEW.create_time, update_time = NEW.update_time,
        delete_time = NEW.delete_time, expire_time = NEW.expire_time, status = NEW.status
      WHERE project_id = NEW.project_id AND number = NEW.number AND context_text.head IS NULL;
      RETURN NULL;
    END IF;
  END IF;
  project_language := coalesce(
    (SELECT search_language FROM project WHERE project.project_id = NEW.project_id), 'simple');
  config := ('pg_catalog.' || project_language)::regconfig;
  IF is_whole THEN
    words := context_words(config, NEW.title, NEW.tags, NEW.content);
  END IF;
  IF octet_length(NEW.content) > 3000 THEN
    head := CASE WHEN is_whole THEN context_words(config, NEW.title, NEW.tags, left(NEW.content, 1500)) ELSE '' END;
  END IF;
  INSERT INTO context_text AS stored (project_id, number, context_id, position, create_time, update_time,
    delete_time, expire_time, type, status, owner, session, tags, words_from, language, lexemes, bytes, words, head,
    is_whole)
  VALUES (NEW.project_id, NEW.number, NEW.context_id, NEW.position, NEW.create_time, NEW.update_time,
    NEW.delete_time, NEW.expire_time, NEW.type, NEW.status, NEW.owner, NEW.session, NEW.tags, NEW.position,
    project_language, length(words), context_text_bytes(NEW.title, NEW.content),
    words || array_to_tsvector(
      context_marks(NEW.project_id, NEW.number, NEW.type, NEW.owner, NEW.session, NEW.tags)),
    head, is_whole)
  ON CONFLICT (project_id, number) DO UPDATE SET
    position = excluded.position, create_time = excluded.create_time, update_time = excluded.update_time,
    delete_time = excluded.delete_time, expire_time = excluded.expire_time, type = excluded.type,
    status = excluded.status, owner = excluded.owner, session = excluded.session, tags = excluded.tags,
    words_from = excluded.words_from, language = excluded.language, lexemes = excluded.lexemes,
    bytes = excluded.bytes, words = excluded.words, head = excluded.head, is_whole = excluded.is_whole;
  RETURN NULL;
END
$$;
DROP FUNCTION context_text_of(context);
