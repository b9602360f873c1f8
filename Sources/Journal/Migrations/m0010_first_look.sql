-- The present is looked at before the newest position: what draws a position afterwards is later than any moment that
-- may be asked for, so a read as of a time need not wait for it.

-- The time of a project's position, or the position at a time, by what is settled. Exactly one of `wanted` and
-- `moment` is given.
--
-- A time is found by halving the range of positions: one look-up by primary key a step, some twenty in all.
-- Times are drawn right after positions and may cross by the blink in which two writers meet; which of such
-- neighbours count is the same whenever it is asked, because the range begins with a power of two.
CREATE OR REPLACE FUNCTION journal_moment(project text, wanted bigint, moment timestamptz, settled bigint,
  OUT journal_id uuid, OUT pruned bigint, OUT pruned_time timestamptz, OUT newest bigint,
  OUT present timestamptz, OUT "position" bigint, OUT at timestamptz, OUT is_last boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  high bigint := 1;
  middle bigint;
  probe record;
BEGIN
  present := clock_timestamp();
  SELECT journal.journal_id, journal.pruned_position, journal.pruned_time,
      coalesce(pg_sequence_last_value('journal_position'), 0)
    INTO journal_id, pruned, pruned_time, newest
    FROM journal;
  IF wanted IS NOT NULL THEN
    "position" := wanted;
    SELECT change.at INTO at FROM change
      WHERE change.project_id = project AND change.position <= wanted
      ORDER BY change.position DESC, change.ordinal DESC LIMIT 1;
    at := coalesce(at, pruned_time, '-infinity');
    is_last := false;
    RETURN;
  END IF;
  "position" := pruned;
  at := moment;
  WHILE high <= settled LOOP
    high := high * 2;
  END LOOP;
  -- Every change at or above `high` is later than the moment.
  WHILE high - "position" > 1 LOOP
    middle := "position" + (high - "position") / 2;
    SELECT change.position, change.at INTO probe FROM change
      WHERE change.project_id = project AND change.position >= middle AND change.position < high
        AND change.position <= settled
      ORDER BY change.position, change.ordinal LIMIT 1;
    IF probe.position IS NOT NULL AND probe.at <= moment THEN
      "position" := probe.position;
    ELSE
      high := middle;
    END IF;
  END LOOP;
  is_last := NOT EXISTS (
    SELECT FROM change
    WHERE change.project_id = project AND change.position > journal_moment."position"
      AND change.position <= settled);
END
$$;
ALTER FUNCTION journal_moment SET search_path FROM CURRENT;
