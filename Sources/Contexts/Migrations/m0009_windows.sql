-- Smaller windows: each a third of what was seen before it, where it was as large as all of that. A search that needs
-- 5,000 matches then reads some 6,000 and not up to 10,000.

CREATE OR REPLACE FUNCTION context_windows(project_id text, newest bigint) RETURNS SETOF tsquery
-- A number of rows that makes plans look as cheap as they are: else PostgreSQL would compile them.
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 12 AS $$
DECLARE
  -- What is left: the slices of this level below `upper`.
  upper bigint := (newest >> 13) + 1;
  lower bigint;
  -- Where the next level, whose slices are 16 times as large, takes over.
  floor bigint;
  -- The slices of this level above `upper`.
  seen bigint := 0;
  level integer := 13;
BEGIN
  WHILE upper > 0 LOOP
    floor := CASE WHEN level = 25 THEN 0 ELSE greatest(0, (upper - 32) / 16 * 16) END;
    WHILE upper > floor LOOP
      lower := greatest(floor, upper - greatest(1, seen / 3));
      RETURN NEXT (
        SELECT string_agg(
            '''' || ' ' || context_windows.project_id || '/' || level || '/' || slice || '''', '|')::tsquery
        FROM generate_series(lower, upper - 1) AS slice);
      seen := seen + upper - lower;
      upper := lower;
    END LOOP;
    upper := upper / 16;
    seen := seen / 16;
    level := level + 4;
  END LOOP;
END
$$;
