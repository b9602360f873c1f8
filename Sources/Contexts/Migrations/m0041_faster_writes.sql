-- What every write of a context calls, without plans of its own. A function in SQL with a query in it cannot be inlined: as
-- an index expression it was parsed and planned anew by every write, a fifth of PostgreSQL's time for a create.
CREATE OR REPLACE FUNCTION context_tag_terms(project_id text, tags text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  terms text[];
  tag text;
BEGIN
  FOREACH tag IN ARRAY tags LOOP
    terms := terms || (project_id || '/' || tag);
  END LOOP;
  RETURN terms;
END
$$;

-- As before, but `translate` looks at each character of a text, and `replace` skips to the few that matter.
CREATE OR REPLACE FUNCTION context_plain(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(content, '<', ' '), '>', ' '), '&', ' ');
