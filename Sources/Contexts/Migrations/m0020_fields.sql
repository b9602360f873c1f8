-- Words of titles, tags and contents as people read them.

-- The text as PostgreSQL's parser is to see it: it would take `<int>` for a tag of HTML and `&amp;` for an entity, and
-- make no words of them. As long as the text, so that places in one are places in the other.
CREATE FUNCTION context_plain(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(content, '<>&', '   ');

-- The words of a text in the order of their weight: title (A), tags (B), content (D). Between the title, each tag and
-- the content 31 places stay free: a phrase lies within one of them, also where the language leaves words out.
-- PostgreSQL's limit is 1 MiB for all lexemes together; 100,000 characters of content stay below it whatever they are.
CREATE OR REPLACE FUNCTION context_words(language regconfig, title text, tags text[], content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  -- Keeps the places free until all is joined. No text has a word that begins with a space.
  gap CONSTANT tsvector := ''' '':31'::tsvector;
  words tsvector := setweight(to_tsvector(language, context_plain(title)), 'A');
  tag text;
BEGIN
  FOREACH tag IN ARRAY tags LOOP
    words := words || gap || setweight(to_tsvector(language, context_plain(tag)), 'B');
  END LOOP;
  RETURN ts_delete(words || gap || to_tsvector(language, context_plain(left(content, 100000))), ' ');
END
$$;

-- What matches in a text: the text of `ts_headline`, where U+E000 and U+E001 stand around what matches and U+E002
-- between passages. Where the text has characters that the parser or these marks cannot bear, spaces of the same length
-- stand for them, and a second value has the passages as they are, one after the other.
CREATE FUNCTION context_highlight(language regconfig, content text, query tsquery, options text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  plain text := translate(context_plain(content), U&'\E000\E001\E002', U&'\3000\3000\3000');
  marked text := ts_headline(
    language, plain, query, U&'StartSel=\E000, StopSel=\E001, FragmentDelimiter=\E002, ' || options);
  passage text;
  written text := '';
  -- Characters before the passage that is looked for.
  passed integer := 0;
  place integer;
BEGIN
  IF plain = content THEN RETURN ARRAY[marked]; END IF;
  FOREACH passage IN ARRAY string_to_array(translate(marked, U&'\E000\E001', ''), U&'\E002') LOOP
    place := strpos(substr(plain, passed + 1), passage);
    written := written || substr(content, passed + place, length(passage));
    passed := passed + place - 1 + length(passage);
  END LOOP;
  RETURN ARRAY[marked, written];
END
$$;
