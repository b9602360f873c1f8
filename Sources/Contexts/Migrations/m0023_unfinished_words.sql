-- Words that a write left for later: nobody takes what is not there yet for a text without the word, and those who make
-- them do not wait for each other.

-- Both views say of their rows whether the words are there.
CREATE OR REPLACE VIEW context_current_text AS
SELECT stored.project_id, stored.context_id, stored.number, stored.type, stored.owner, stored.session, stored.tags,
  stored.language, stored.lexemes, stored.bytes, stored.words, stored.head, stored.words_from,
  CASE WHEN stored.head IS NULL THEN stored.position ELSE present.position END AS position,
  CASE WHEN stored.head IS NULL THEN stored.create_time ELSE present.create_time END AS create_time,
  CASE WHEN stored.head IS NULL THEN stored.update_time ELSE present.update_time END AS update_time,
  CASE WHEN stored.head IS NULL THEN stored.delete_time ELSE present.delete_time END AS delete_time,
  CASE WHEN stored.head IS NULL THEN stored.expire_time ELSE present.expire_time END AS expire_time,
  CASE WHEN stored.head IS NULL THEN stored.status ELSE present.status END AS status,
  stored.is_whole
FROM context_text AS stored
LEFT JOIN LATERAL (
  SELECT position, create_time, update_time, delete_time, expire_time, status FROM context
  WHERE stored.head IS NOT NULL AND project_id = stored.project_id AND context_id = stored.context_id
  LIMIT 1
) AS present ON true;
CREATE OR REPLACE VIEW context_past_text AS
SELECT old.project_id, old.context_id, old.number, old.version, old.from_position, old.position, old.create_time,
  old.update_time, old.delete_time, old.expire_time, old.type, old.status, old.owner, old.session, old.tags,
  old.memory, held.words, held.position AS words_position, true AS is_whole
FROM context_version AS held
JOIN context_version AS old
  ON old.project_id = held.project_id AND old.context_id = held.context_id
    AND old.position > coalesce(held.words_from, held.from_position) AND old.position <= held.position
    AND (old.words IS NULL OR old.position = held.position)
WHERE held.words IS NOT NULL
UNION ALL
SELECT old.project_id, old.context_id, old.number, old.version, old.from_position, old.position, old.create_time,
  old.update_time, old.delete_time, old.expire_time, old.type, old.status, old.owner, old.session, old.tags,
  old.memory, held.words, held.position AS words_position, held.is_whole
FROM context_current_text AS held
JOIN context_version AS old
  ON old.project_id = held.project_id AND old.context_id = held.context_id AND old.number = held.number
    AND old.position > held.words_from AND old.words IS NULL;

-- Makes the words of a text that stays anew, in the language that its project has now; and its row, where it is missing.
DROP FUNCTION context_text_make(context, bigint);
CREATE FUNCTION context_text_make(context context) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  config regconfig;
  made tsvector;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project.project_id = context.project_id;
  project_language := coalesce(project_language, 'simple');
  config := ('pg_catalog.' || project_language)::regconfig;
  made := context_words(config, context.title, context.tags, context.content);
  INSERT INTO context_text AS stored (project_id, number, context_id, position, create_time, update_time,
    delete_time, expire_time, type, status, owner, session, tags, words_from, language, lexemes, bytes, words, head,
    is_whole)
  VALUES (context.project_id, context.number, context.context_id, context.position, context.create_time,
    context.update_time, context.delete_time, context.expire_time, context.type, context.status, context.owner,
    context.session, context.tags, context.position, project_language, length(made),
    context_text_bytes(context.title, context.content),
    made || array_to_tsvector(context_marks(
      context.project_id, context.number, context.type, context.owner, context.session, context.tags)),
    CASE WHEN octet_length(context.content) > 3000
      THEN context_words(config, context.title, context.tags, left(context.content, 1500)) END,
    true)
  ON CONFLICT (project_id, number) DO UPDATE SET
    language = excluded.language, lexemes = excluded.lexemes, bytes = excluded.bytes, words = excluded.words,
    head = excluded.head, is_whole = true;
END
$$;

-- Makes the words of the next contexts after an id anew, up to so many of them and so many bytes of text, and says how
-- many there were and which was last. The contexts are locked as writers lock them: first, and in the order of their
-- ids.
CREATE OR REPLACE FUNCTION context_text_renew(
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
    PERFORM context_text_make(item);
    renewed := renewed + 1;
    last := item.context_id;
    bytes := bytes + octet_length(item.content);
    EXIT WHEN bytes >= text_size;
  END LOOP;
END
$$;

-- The same for those among the next `size` contexts by number whose words are of another language than the project's:
-- how many of them there were, and which number was looked at last; NULL after all. First it is seen which they are, then
-- they are locked, in the order of their ids.
CREATE OR REPLACE FUNCTION context_text_renew_other(
  project_key text, after bigint, size integer, text_size bigint, OUT renewed bigint, OUT last bigint
) LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  item record;
  found context;
  ids text[] := '{}';
  bytes bigint := 0;
BEGIN
  SELECT search_language INTO project_language FROM project WHERE project_id = project_key;
  renewed := 0;
  FOR item IN
    SELECT number, context_id, language, stored.bytes AS text_bytes FROM context_text AS stored
    WHERE project_id = project_key AND number > after
    ORDER BY number LIMIT size
  LOOP
    last := item.number;
    CONTINUE WHEN item.language = project_language;
    ids := ids || item.context_id;
    bytes := bytes + item.text_bytes;
    EXIT WHEN bytes >= text_size;
  END LOOP;
  FOR found IN
    SELECT * FROM context WHERE project_id = project_key AND context_id = ANY (ids)
    ORDER BY context_id
    FOR SHARE
  LOOP
    PERFORM context_text_make(found);
    renewed := renewed + 1;
  END LOOP;
END
$$;

-- Makes the words that writes left for later, of these contexts and of their former versions, until they are those of so
-- many bytes of text. Says of which contexts words are missing still, and of how many texts words were made. First the
-- words, which takes time; only then the transaction gets its id and stores them. A row that somebody else writes at the
-- moment is left, and so is everything if the project's language changes meanwhile.
DROP FUNCTION context_text_finish(text, text[], bigint);
CREATE FUNCTION context_text_finish(project_key text, ids text[], size bigint, OUT missing text[], OUT made bigint)
LANGUAGE plpgsql AS $$
DECLARE
  project_language text;
  config regconfig;
  key text;
  item record;
  place bigint;
  words tsvector;
  looked_at text[] := '{}';
  numbers bigint[] := '{}';
  origins bigint[] := '{}';
  all_words tsvector[] := '{}';
  heads tsvector[] := '{}';
  counts integer[] := '{}';
  old_ids text[] := '{}';
  old_positions bigint[] := '{}';
  old_words tsvector[] := '{}';
  -- Of the texts, and what it takes to store a row.
  bytes bigint := 0;
BEGIN
  made := 0;
  SELECT search_language INTO project_language FROM project WHERE project_id = project_key;
  config := ('pg_catalog.' || coalesce(project_language, 'simple'))::regconfig;
  FOREACH key IN ARRAY ids LOOP
    EXIT WHEN bytes >= size;
    looked_at := looked_at || key;
    -- One key at a time: whatever the planner knows about the tables, this is a look-up.
    SELECT stored.number, stored.words_from, stored.type, stored.owner, stored.session, context.title, context.tags,
      context.content
    INTO item
    FROM context JOIN context_text AS stored USING (project_id, number)
    WHERE context.project_id = project_key AND context.context_id = key AND NOT stored.is_whole;
    IF FOUND THEN
      words := context_words(config, item.title, item.tags, item.content);
      numbers := numbers || item.number;
      origins := origins || item.words_from;
      counts := counts || length(words);
      all_words := array_append(all_words, words || array_to_tsvector(
        context_marks(project_key, item.number, item.type, item.owner, item.session, item.tags)));
      heads := array_append(heads, CASE WHEN octet_length(item.content) > 3000
        THEN context_words(config, item.title, item.tags, left(item.content, 1500)) END);
      bytes := bytes + 256 + context_text_bytes(item.title, item.content) + octet_length(item.tags::text);
    END IF;
    FOR place IN
      SELECT position FROM context_version
      WHERE project_id = project_key AND context_id = key
        AND context_version.words IS NULL AND words_from IS NOT NULL
      ORDER BY position
    LOOP
      EXIT WHEN bytes >= size;
      SELECT * INTO item FROM context_past
      WHERE project_id = project_key AND context_id = key AND position = place;
      CONTINUE WHEN NOT FOUND;
      old_ids := old_ids || item.context_id;
      old_positions := old_positions || item.position;
      old_words := array_append(old_words, context_words(config, item.title, item.tags, item.content)
        || array_to_tsvector(
          context_marks(project_key, item.number, item.type, item.owner, item.session, item.tags)));
      bytes := bytes + 256 + context_text_bytes(item.title, item.content) + octet_length(item.tags::text);
    END LOOP;
  END LOOP;
  IF project_language IS DISTINCT FROM (SELECT search_language FROM project WHERE project_id = project_key) THEN
    missing := ids;
    RETURN;
  END IF;
  FOR i IN 1 .. cardinality(old_ids) LOOP
    PERFORM FROM context_version AS stored
    WHERE project_id = project_key AND context_id = old_ids[i] AND position = old_positions[i]
      AND stored.words IS NULL
    FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    UPDATE context_version AS stored SET words = old_words[i]
    WHERE project_id = project_key AND context_id = old_ids[i] AND position = old_positions[i];
    made := made + 1;
  END LOOP;
  FOR i IN 1 .. cardinality(numbers) LOOP
    PERFORM FROM context_text AS stored
    WHERE project_id = project_key AND number = numbers[i] AND words_from = origins[i] AND NOT is_whole
    FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    UPDATE context_text AS stored SET
      language = coalesce(project_language, 'simple'), lexemes = counts[i], words = all_words[i], head = heads[i],
      is_whole = true
    WHERE project_id = project_key AND number = numbers[i];
    made := made + 1;
  END LOOP;
  missing := ids[cardinality(looked_at) + 1 :];
  FOREACH key IN ARRAY looked_at LOOP
    IF EXISTS (
      SELECT FROM context JOIN context_text AS stored USING (project_id, number)
      WHERE context.project_id = project_key AND context.context_id = key AND NOT stored.is_whole
    ) OR EXISTS (
      SELECT FROM context_version AS stored
      WHERE project_id = project_key AND context_id = key AND stored.words IS NULL AND words_from IS NOT NULL
    ) THEN
      missing := missing || key;
    END IF;
  END LOOP;
END
$$;
