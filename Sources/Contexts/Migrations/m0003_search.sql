-- Search: the text index, apart from the contexts, so that it stays small and most updates do not touch it.

-- Counts the contexts in the order of their creation, of all projects: what is newest, and where a slice ends.
CREATE SEQUENCE context_number AS bigint CACHE 1 NO CYCLE;
ALTER TABLE context ADD COLUMN number bigint NOT NULL DEFAULT nextval('context_number');

-- Marks: lexemes that no text can have, because they begin with a space. They say of which project a row is,
-- which filters it meets, and in which slices of the numbers it lies, so that one index answers for all at
-- once: it begins with whichever of word, filter and slice is the rarest.
CREATE FUNCTION context_marks(
  project_id text, number bigint, type smallint, owner text, session text, tags text[]
) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
-- In PL/pgSQL, which keeps plans: a function in SQL is planned anew by every write.
DECLARE
  marks text[] := ARRAY[
    ' ' || project_id,
    ' ' || project_id || '/13/' || (number >> 13), ' ' || project_id || '/17/' || (number >> 17),
    ' ' || project_id || '/21/' || (number >> 21), ' ' || project_id || '/25/' || (number >> 25),
    ' ' || project_id || '/type/' || type];
  tag text;
BEGIN
  IF owner <> '' THEN marks := marks || (' ' || project_id || '/owner/' || owner); END IF;
  IF session <> '' THEN marks := marks || (' ' || project_id || '/session/' || session); END IF;
  FOREACH tag IN ARRAY tags LOOP
    marks := marks || (' ' || project_id || '/tag/' || tag);
  END LOOP;
  RETURN marks;
END
$$;

-- The words of a text in the order of their weight: title (A), tags (B), content (D). PostgreSQL's limit is
-- 1 MiB for all lexemes together; 100,000 characters of content stay below it whatever they are.
CREATE FUNCTION context_words(language regconfig, title text, tags text[], content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN setweight(to_tsvector(language, title), 'A')
    || setweight(to_tsvector(language, array_to_string(tags, ' ')), 'B')
    || to_tsvector(language, left(content, 100000));
END
$$;

-- One row a context, the deleted ones included: what is searched, filtered and counted.
CREATE TABLE context_text (
  project_id text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  context_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  delete_time timestamptz,
  expire_time timestamptz,
  type smallint NOT NULL,
  status smallint NOT NULL,
  owner text COLLATE "C" NOT NULL,
  session text COLLATE "C" NOT NULL,
  tags text[] NOT NULL,
  -- What the words were made with: 'simple', or another configuration of pg_catalog.
  language text COLLATE "C" NOT NULL,
  -- Words, marks excluded, and bytes of the text that they were made of.
  lexemes integer NOT NULL,
  bytes integer NOT NULL,
  -- Words and marks.
  words tsvector NOT NULL,
  -- Where words are many: those of the title, the tags and the beginning of the content. Ranking thousands of
  -- rows reads this, because to unpack all words of long texts would take seconds. NULL: as words.
  head tsvector,
  PRIMARY KEY (project_id, number)
) WITH (
  -- Changes that leave the text alone are made in place.
  fillfactor = 90,
  -- Words of up to some 3,000 characters stay in the row, unpacked.
  toast_tuple_target = 4080,
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05
);
-- New entries wait in a list of 512 KiB before they are sorted in: that is done in a few milliseconds, and a
-- search reads the list from end to end.
CREATE INDEX context_text_by_word ON context_text USING gin (words)
  WITH (fastupdate = on, gin_pending_list_limit = 512);

-- Makes the row of a context, in the language that its project has now.
CREATE FUNCTION context_text_make(context context) RETURNS void LANGUAGE plpgsql AS $$
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
    delete_time, expire_time, type, status, owner, session, tags, language, lexemes, bytes, words, head)
  VALUES (context.project_id, context.number, context.context_id, context.position, context.create_time,
    context.update_time, context.delete_time, context.expire_time, context.type, context.status, context.owner,
    context.session, context.tags, project_language, length(words),
    octet_length(context.title) + octet_length(left(context.content, 100000)),
    words || array_to_tsvector(context_marks(
      context.project_id, context.number, context.type, context.owner, context.session, context.tags)),
    CASE WHEN octet_length(context.content) > 3000
      THEN context_words(config, context.title, context.tags, left(context.content, 1500)) END)
  ON CONFLICT (project_id, number) DO UPDATE SET
    position = excluded.position, update_time = excluded.update_time, delete_time = excluded.delete_time,
    expire_time = excluded.expire_time, type = excluded.type, status = excluded.status, owner = excluded.owner,
    session = excluded.session, tags = excluded.tags, language = excluded.language,
    lexemes = excluded.lexemes, bytes = excluded.bytes, words = excluded.words, head = excluded.head;
END
$$;

-- Keeps context_text as context is, whoever writes.
CREATE FUNCTION context_text_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.title, NEW.type, NEW.owner, NEW.session, NEW.tags, NEW.content)
      IS NOT DISTINCT FROM (OLD.title, OLD.type, OLD.owner, OLD.session, OLD.tags, OLD.content)
    THEN
      UPDATE context_text SET
        position = NEW.position, update_time = NEW.update_time, delete_time = NEW.delete_time,
        expire_time = NEW.expire_time, status = NEW.status
      WHERE project_id = NEW.project_id AND number = NEW.number;
      RETURN NULL;
    END IF;
  END IF;
  PERFORM context_text_make(NEW);
  RETURN NULL;
END
$$;
CREATE FUNCTION context_text_remove() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM context_text WHERE project_id = OLD.project_id AND number = OLD.number;
  RETURN NULL;
END
$$;

-- What there is already. The triggers come afterwards: a table that waits for deferred events cannot be altered.
INSERT INTO context_text
SELECT project_id, number, context_id, position, create_time, update_time, delete_time, NULL, type, status,
  owner, session, tags, 'simple', length(words), octet_length(title) + octet_length(left(content, 100000)),
  words || array_to_tsvector(context_marks(project_id, number, type, owner, session, tags)),
  CASE WHEN octet_length(content) > 3000 THEN context_words('simple', title, tags, left(content, 1500)) END
FROM (SELECT context.*, context_words('simple', title, tags, content) AS words FROM context) AS context;

CREATE TRIGGER context_text_follow
  AFTER INSERT OR UPDATE ON context FOR EACH ROW EXECUTE FUNCTION context_text_follow();
CREATE TRIGGER context_text_remove
  AFTER DELETE ON context FOR EACH ROW EXECUTE FUNCTION context_text_remove();

-- Makes the rows of the next `size` contexts after an id anew, and says how many there were and which was last. The
-- contexts are locked as writers lock them: first, and in the order of their ids.
CREATE FUNCTION context_text_renew(project text, after text, size integer, OUT renewed bigint, OUT last text)
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
    PERFORM context_text_make(next_context);
    renewed := renewed + 1;
    last := next_context.context_id;
  END LOOP;
END
$$;

-- The past: the words that a context had, with its marks. NULL in what was superseded before there was search.
ALTER TABLE context_version ADD COLUMN number bigint, ADD COLUMN words tsvector;
CREATE INDEX context_version_by_word ON context_version USING gin (words)
  WITH (fastupdate = on, gin_pending_list_limit = 512);

-- A query for what has the mark.
CREATE FUNCTION context_mark_query(mark text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('''' || replace(replace(mark, '\', '\\'), '''', '''''') || '''')::tsquery;

-- Divides the numbers of a project's contexts up to `newest` into windows, the newest first, each about as large as
-- all before it: who stops when enough was found has seen little that is not needed. Each window is a query for
-- the marks of its slices: 8,192 numbers each, then 16 times as many, and so on.
CREATE FUNCTION context_windows(project_id text, newest bigint) RETURNS SETOF tsquery
-- A number of rows that makes plans look as cheap as they are: else PostgreSQL would compile them.
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 12 AS $$
DECLARE
  -- What is left: the slices of this level below `upper`.
  upper bigint := (newest >> 13) + 1;
  lower bigint;
  -- Where the next level, whose slices are 16 times as large, takes over.
  floor bigint;
  count bigint;
  level integer := 13;
BEGIN
  WHILE upper > 0 LOOP
    floor := CASE WHEN level = 25 THEN 0 ELSE greatest(0, (upper - 32) / 16 * 16) END;
    count := 1;
    WHILE upper > floor LOOP
      lower := greatest(floor, upper - count);
      RETURN NEXT (
        SELECT string_agg(
            '''' || ' ' || context_windows.project_id || '/' || level || '/' || slice || '''', '|')::tsquery
        FROM generate_series(lower, upper - 1) AS slice);
      count := CASE WHEN newest >> 13 = upper - 1 AND level = 13 THEN 1 ELSE count * 2 END;
      upper := lower;
    END LOOP;
    upper := upper / 16;
    level := level + 4;
  END LOOP;
END
$$;
