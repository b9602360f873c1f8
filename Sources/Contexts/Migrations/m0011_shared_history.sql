-- What is large and did not change is kept once: content and data of more than 2 KiB, and the words of the text index. A
-- version refers to what it shares with a later one, or with the context as it is now.

-- Content and data are those of the write at this position, or, with 0, those of the creation.
ALTER TABLE context ADD COLUMN payload_from bigint NOT NULL DEFAULT 0;
-- NULL: the first payload of the context that was superseded at this version's end or later, else the present one.
ALTER TABLE context_version ALTER COLUMN content DROP NOT NULL, ALTER COLUMN data DROP NOT NULL;

-- Content and data that a context had until just before `position`, the write that replaced them.
CREATE TABLE context_payload (
  project_id text COLLATE "C" NOT NULL,
  context_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  content text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (project_id, context_id, position)
) PARTITION BY RANGE (position);
CREATE TABLE context_payload_rest PARTITION OF context_payload DEFAULT;
INSERT INTO journal_history (table_name) VALUES ('context_payload');
SELECT journal_extend(16777216, 33554432);

-- Former versions, whole. Content and data of a row are fetched only where a query wants them.
CREATE VIEW context_past AS
SELECT project_id, context_id, version, from_position, position, create_time, update_time, delete_time, type,
  status, title, media_type, owner, session, tags, metadata, expire_time, purge_time, memory, number,
  coalesce(content, (
    SELECT content FROM context
    WHERE project_id = old.project_id AND context_id = old.context_id AND payload_from < old.position
  ), (
    SELECT content FROM context_payload
    WHERE project_id = old.project_id AND context_id = old.context_id AND position >= old.position
    ORDER BY position LIMIT 1
  )) AS content,
  coalesce(data, (
    SELECT data FROM context
    WHERE project_id = old.project_id AND context_id = old.context_id AND payload_from < old.position
  ), (
    SELECT data FROM context_payload
    WHERE project_id = old.project_id AND context_id = old.context_id AND position >= old.position
    ORDER BY position LIMIT 1
  )) AS data
FROM context_version AS old;

-- The words are those of the text since the write at this position; with 0, versions before now have their own.
ALTER TABLE context_text ADD COLUMN words_from bigint NOT NULL DEFAULT 0;
-- Of a version with words: since when it had them. Versions without words between there and here have the same.
-- Versions without words that came after all others that have some share them with the context as it is now.
ALTER TABLE context_version ADD COLUMN words_from bigint;

-- Contexts with their words. A row of many words (those with a head) is not touched by what leaves the words alone: a
-- row that PostgreSQL moves within its table has all its words entered into the index again. What changes about such
-- contexts is looked up; where words are few, it stands beside them.
CREATE VIEW context_current_text AS
SELECT stored.project_id, stored.context_id, stored.number, stored.type, stored.owner, stored.session, stored.tags,
  stored.language, stored.lexemes, stored.bytes, stored.words, stored.head, stored.words_from,
  CASE WHEN stored.head IS NULL THEN stored.position ELSE present.position END AS position,
  CASE WHEN stored.head IS NULL THEN stored.create_time ELSE present.create_time END AS create_time,
  CASE WHEN stored.head IS NULL THEN stored.update_time ELSE present.update_time END AS update_time,
  CASE WHEN stored.head IS NULL THEN stored.delete_time ELSE present.delete_time END AS delete_time,
  CASE WHEN stored.head IS NULL THEN stored.expire_time ELSE present.expire_time END AS expire_time,
  CASE WHEN stored.head IS NULL THEN stored.status ELSE present.status END AS status
FROM context_text AS stored
LEFT JOIN LATERAL (
  SELECT position, create_time, update_time, delete_time, expire_time, status FROM context
  WHERE stored.head IS NOT NULL AND project_id = stored.project_id AND context_id = stored.context_id
  LIMIT 1
) AS present ON true;

-- Former versions with their words. `words_position` is where the words came to an end, or the last change of the
-- context that still has them: not before the version's own end.
CREATE VIEW context_past_text AS
SELECT old.project_id, old.context_id, old.number, old.version, old.from_position, old.position, old.create_time,
  old.update_time, old.delete_time, old.expire_time, old.type, old.status, old.owner, old.session, old.tags,
  old.memory, held.words, held.position AS words_position
FROM context_version AS held
JOIN context_version AS old
  ON old.project_id = held.project_id AND old.context_id = held.context_id
    AND old.position > coalesce(held.words_from, held.from_position) AND old.position <= held.position
    AND (old.words IS NULL OR old.position = held.position)
WHERE held.words IS NOT NULL
UNION ALL
SELECT old.project_id, old.context_id, old.number, old.version, old.from_position, old.position, old.create_time,
  old.update_time, old.delete_time, old.expire_time, old.type, old.status, old.owner, old.session, old.tags,
  old.memory, held.words, held.position AS words_position
FROM context_current_text AS held
JOIN context_version AS old
  ON old.project_id = held.project_id AND old.context_id = held.context_id AND old.number = held.number
    AND old.position > held.words_from AND old.words IS NULL;

-- Makes the words of a context, in the language that its project has now: $2 the write that its text is from; NULL
-- when the words are made anew of a text that stays.
DROP FUNCTION context_text_make(context);
CREATE FUNCTION context_text_make(context context, since bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  config regconfig;
  words tsvector;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project.project_id = context.project_id;
  project_language := coalesce(project_language, 'simple');
  config := ('pg_catalog.' || project_language)::regconfig;
  words := context_words(config, context.title, context.tags, context.content);
  INSERT INTO context_text AS stored (project_id, number, context_id, position, create_time, update_time,
    delete_time, expire_time, type, status, owner, session, tags, words_from, language, lexemes, bytes, words, head)
  VALUES (context.project_id, context.number, context.context_id, context.position, context.create_time,
    context.update_time, context.delete_time, context.expire_time, context.type, context.status, context.owner,
    context.session, context.tags, coalesce(since, context.position), project_language, length(words),
    octet_length(context.title) + octet_length(left(context.content, 100000)),
    words || array_to_tsvector(context_marks(
      context.project_id, context.number, context.type, context.owner, context.session, context.tags)),
    CASE WHEN octet_length(context.content) > 3000
      THEN context_words(config, context.title, context.tags, left(context.content, 1500)) END)
  ON CONFLICT (project_id, number) DO UPDATE SET
    position = excluded.position, create_time = excluded.create_time, update_time = excluded.update_time,
    delete_time = excluded.delete_time, expire_time = excluded.expire_time, type = excluded.type,
    status = excluded.status, owner = excluded.owner, session = excluded.session, tags = excluded.tags,
    words_from = coalesce(since, stored.words_from), language = excluded.language, lexemes = excluded.lexemes,
    bytes = excluded.bytes, words = excluded.words, head = excluded.head;
END
$$;

-- Makes the rows of the next `size` contexts after an id anew, and says how many there were and which was last. The
-- contexts are locked as writers lock them: first, and in the order of their ids.
CREATE OR REPLACE FUNCTION context_text_renew(project text, after text, size integer, OUT renewed bigint, OUT last text)
LANGUAGE plpgsql AS $$
DECLARE
  next_context context;
BEGIN
  renewed := 0;
  FOR next_context IN
    SELECT * FROM context
    WHERE context.project_id = project AND context.context_id > after
    ORDER BY context.context_id LIMIT size
    FOR SHARE
  LOOP
    PERFORM context_text_make(next_context, NULL);
    renewed := renewed + 1;
    last := next_context.context_id;
  END LOOP;
END
$$;

-- The words of a context whose text is about to change, and since when it has them.
CREATE FUNCTION context_text_of(context context, OUT words tsvector, OUT words_from bigint)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT stored.words, stored.words_from INTO words, words_from FROM context_text AS stored
  WHERE project_id = context.project_id AND number = context.number;
END
$$;

-- Follows every change of a context, whoever makes it: keeps what it replaces as a version, and the words as
-- the text is. A change has a new position; what else touches a row, such as a migration, leaves no version.
CREATE FUNCTION context_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  has_new_payload boolean;
  has_new_text boolean;
  is_apart boolean;
  old_words tsvector;
  old_words_from bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM context_text_make(NEW, NEW.position);
    RETURN NULL;
  END IF;
  has_new_payload := NEW.payload_from <> OLD.payload_from;
  has_new_text := (NEW.title, NEW.type, NEW.owner, NEW.session, NEW.tags)
      IS DISTINCT FROM (OLD.title, OLD.type, OLD.owner, OLD.session, OLD.tags)
    OR has_new_payload AND NEW.content IS DISTINCT FROM OLD.content;
  IF NEW.position <> OLD.position THEN
    is_apart := octet_length(OLD.content) + octet_length(OLD.data) > 2048;
    IF is_apart AND has_new_payload THEN
      INSERT INTO context_payload (project_id, context_id, position, content, data)
      VALUES (OLD.project_id, OLD.context_id, NEW.position, OLD.content, OLD.data);
    END IF;
    IF has_new_text THEN
      SELECT words, words_from INTO old_words, old_words_from FROM context_text_of(OLD);
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
  IF has_new_text THEN
    PERFORM context_text_make(NEW, NEW.position);
  ELSE
    UPDATE context_text SET
      position = NEW.position, create_time = NEW.create_time, update_time = NEW.update_time,
      delete_time = NEW.delete_time, expire_time = NEW.expire_time, status = NEW.status
    WHERE project_id = NEW.project_id AND number = NEW.number AND head IS NULL;
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER context_text_follow ON context;
DROP FUNCTION context_text_follow;
CREATE TRIGGER context_follow
  AFTER INSERT OR UPDATE ON context FOR EACH ROW EXECUTE FUNCTION context_follow();
