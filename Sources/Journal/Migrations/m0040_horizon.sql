-- History ends: each project keeps it for as long as it says, up to a horizon of its own.

-- Microseconds for which former states and changes are kept; NULL: for ever.
ALTER TABLE project ADD COLUMN history_retention bigint CHECK (history_retention > 0);

-- How far the history of a project is pruned. Nobody may ask for the state before `position`; a row of a history table
-- that ended there or before is needed by nobody.
CREATE TABLE horizon (
  project_id text COLLATE "C" PRIMARY KEY,
  -- Of a change of the project.
  position bigint NOT NULL DEFAULT 0,
  -- When that change was made.
  at timestamptz,
  -- The earliest time that may be asked for.
  since timestamptz,
  -- Rows up to here are gone; those from here to `position` are going.
  cleared_position bigint NOT NULL DEFAULT 0
);

-- Who needs the state at a position: pruning stops there until the hold is released or its time is over.
CREATE TABLE hold (
  project_id text COLLATE "C" NOT NULL,
  hold_id text COLLATE "C" NOT NULL,
  -- 'point', 'recording' or 'export'.
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('point', 'recording', 'export')),
  position bigint NOT NULL,
  until timestamptz NOT NULL DEFAULT 'infinity',
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (project_id, hold_id)
);
CREATE INDEX hold_by_position ON hold (project_id, position);

-- In which order the tables of history are pruned: what others refer to goes after them.
ALTER TABLE journal_history ADD COLUMN place smallint NOT NULL DEFAULT 0;
UPDATE journal_history SET place = 2 WHERE table_name = 'change';

-- The time of a project's position, or the position at a time, by what is settled. Exactly one of `wanted` and
-- `moment` is given. `pruned` and `pruned_time`: before these nothing can be told.
--
-- A time is found by halving the range of positions, from 0 to a power of two: one look-up by primary key a step. Times
-- are drawn right after positions and may cross by the blink in which two writers meet; which of such neighbours count
-- is the same whenever it is asked, also when what lies below the horizon is gone: the way to a time that may be asked
-- for always turns to the later half below the horizon.
DROP FUNCTION journal_moment;
CREATE FUNCTION journal_moment(project text, wanted bigint, moment timestamptz, settled bigint,
  OUT journal_id uuid, OUT pruned bigint, OUT pruned_time timestamptz, OUT newest bigint,
  OUT present timestamptz, OUT "position" bigint, OUT at timestamptz, OUT is_last boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 0;
  high bigint := 1;
  middle bigint;
  -- When the change at the horizon was made.
  pruned_at timestamptz;
  probe record;
BEGIN
  present := clock_timestamp();
  SELECT journal.journal_id, greatest(journal.pruned_position, horizon.position),
      CASE WHEN horizon.position >= journal.pruned_position THEN horizon.since ELSE journal.pruned_time END,
      CASE WHEN horizon.position >= journal.pruned_position THEN horizon.at ELSE journal.pruned_time END,
      coalesce(pg_sequence_last_value('journal_position'), 0)
    INTO journal_id, pruned, pruned_time, pruned_at, newest
    FROM journal LEFT JOIN horizon ON horizon.project_id = project;
  IF wanted IS NOT NULL THEN
    "position" := wanted;
    SELECT change.at INTO at FROM change
      WHERE change.project_id = project AND change.position <= wanted
      ORDER BY change.position DESC, change.ordinal DESC LIMIT 1;
    at := coalesce(at, pruned_at, '-infinity');
    is_last := false;
    RETURN;
  END IF;
  -- The first change at or above `low`, once one was found that is not later than the moment.
  "position" := pruned;
  at := moment;
  WHILE high <= settled LOOP
    high := high * 2;
  END LOOP;
  -- Every change at or above `high` is later than the moment.
  WHILE high - low > 1 LOOP
    middle := low + (high - low) / 2;
    IF middle <= "position" THEN
      low := middle;
      CONTINUE;
    END IF;
    SELECT change.position, change.at INTO probe FROM change
      WHERE change.project_id = project AND change.position >= middle AND change.position < high
        AND change.position <= settled
      ORDER BY change.position, change.ordinal LIMIT 1;
    IF probe.position IS NOT NULL AND probe.at <= moment THEN
      "position" := probe.position;
      low := middle;
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

-- Where a project's horizon may go to: the change that was its newest when the retention began, or, where a hold stands
-- before that, a second before what is held. NULL where it stays.
CREATE FUNCTION journal_goal(project_key text, settled bigint,
  OUT "position" bigint, OUT at timestamptz, OUT since timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  retention bigint;
  held bigint;
  found record;
BEGIN
  SELECT history_retention INTO retention FROM project
    WHERE project.project_id = project_key AND delete_time IS NULL;
  IF retention IS NULL THEN RETURN; END IF;
  since := clock_timestamp() - retention * interval '1 microsecond';
  SELECT min(hold.position) INTO held FROM hold
    WHERE hold.project_id = project_key AND until > clock_timestamp();
  IF held IS NOT NULL THEN
    -- Times cross by no more than a blink.
    SELECT least(journal_goal.since, moment.at - interval '1 second') INTO since
      FROM journal_moment(project_key, held, NULL, settled) AS moment;
  END IF;
  SELECT moment.position, moment.pruned INTO found
    FROM journal_moment(project_key, NULL, journal_goal.since, settled) AS moment;
  IF found.position <= found.pruned OR found.position > held THEN RETURN; END IF;
  "position" := found.position;
  SELECT change.at INTO at FROM change
    WHERE change.project_id = project_key AND change.position = found.position
    ORDER BY change.ordinal DESC LIMIT 1;
END
$$;
ALTER FUNCTION journal_goal SET search_path FROM CURRENT;

-- Moves a project's horizon as far as its retention and its holds let it, by what is settled, and says whether it moved.
-- Rows go only afterwards (journal_prune), so that readers have heard of it.
CREATE FUNCTION journal_advance(project_key text, settled bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  goal record;
BEGIN
  SELECT * INTO goal FROM journal_goal(project_key, settled);
  IF goal.position IS NULL THEN RETURN false; END IF;
  INSERT INTO horizon (project_id) VALUES (project_key) ON CONFLICT DO NOTHING;
  -- Who takes a hold has the row FOR SHARE: such a one is waited for, and then seen; the next one waits, and then sees.
  PERFORM FROM horizon WHERE project_id = project_key FOR UPDATE;
  SELECT * INTO goal FROM journal_goal(project_key, settled);
  IF goal.position IS NULL THEN RETURN false; END IF;
  UPDATE horizon SET position = goal.position, at = goal.at, since = goal.since WHERE project_id = project_key;
  RETURN true;
END
$$;
ALTER FUNCTION journal_advance SET search_path FROM CURRENT;

-- Keeps a project's horizon where it is until the transaction ends, and says where.
CREATE FUNCTION journal_keep(project_key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO horizon (project_id) VALUES (project_key) ON CONFLICT DO NOTHING;
  PERFORM FROM horizon WHERE project_id = project_key FOR SHARE;
  RETURN (
    SELECT greatest(horizon.position, journal.pruned_position)
    FROM horizon, journal WHERE horizon.project_id = project_key);
END
$$;
ALTER FUNCTION journal_keep SET search_path FROM CURRENT;

-- Takes a hold on the state of a project at a position, NULL for that at its horizon, or renews one of this id; for some
-- seconds. Says where it stands, and where the horizon is: below that nothing is taken.
CREATE FUNCTION journal_hold(project_key text, id text, hold_kind text, wanted bigint, seconds double precision,
  OUT "position" bigint, OUT pruned bigint)
LANGUAGE plpgsql AS $$
BEGIN
  pruned := journal_keep(project_key);
  "position" := coalesce(wanted, pruned);
  IF "position" < pruned THEN RETURN; END IF;
  INSERT INTO hold (project_id, hold_id, kind, position, until)
  VALUES (project_key, id, hold_kind, journal_hold."position", clock_timestamp() + seconds * interval '1 second')
  ON CONFLICT (project_id, hold_id) DO UPDATE SET position = excluded.position, until = excluded.until;
END
$$;
ALTER FUNCTION journal_hold SET search_path FROM CURRENT;

-- The partitions of the tables of history, and the positions that each holds; a default partition has NULL.
CREATE VIEW journal_partition AS
SELECT history.table_name, history.place, pg_class.oid::regclass AS part,
  bounds[1]::bigint AS lower, bounds[2]::bigint AS upper
FROM journal_history AS history
JOIN pg_inherits ON inhparent = history.table_name::regclass
JOIN pg_class ON pg_class.oid = inhrelid
CROSS JOIN LATERAL (
  SELECT regexp_match(pg_get_expr(relpartbound, pg_class.oid), $$FROM \('?(\d+)'?\) TO \('?(\d+)'?\)$$)
) AS bound (bounds);

-- Removes rows of a project that ended at or below a position, which its horizon has reached, for some 25 ms: a
-- transaction that no feed waits for. `is_done`: none are left. Goes from some changes to the next, so that it reads none
-- of what it has removed before.
CREATE FUNCTION journal_prune(project_key text, through bigint, OUT removed bigint, OUT is_done boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  stop CONSTANT timestamptz := clock_timestamp() + interval '25 milliseconds';
  -- All up to here is gone.
  cleared bigint;
  goal bigint;
  parts regclass[];
  uppers bigint[];
  lowers bigint[];
  size integer := 20;
  began timestamptz;
  batch bigint;
  is_left boolean;
BEGIN
  removed := 0;
  is_done := false;
  -- Not even a server that is mistaken can remove what may be asked for.
  SELECT cleared_position INTO cleared FROM horizon WHERE project_id = project_key AND position >= through;
  IF NOT FOUND THEN
    is_done := true;
    RETURN;
  END IF;
  -- Rows of the default partition stay where they are meanwhile.
  PERFORM FROM journal_history FOR KEY SHARE;
  SELECT array_agg(part), array_agg(lower), array_agg(upper) INTO parts, lowers, uppers
    FROM (
      SELECT part, lower, upper FROM journal_partition
      WHERE lower IS NULL OR lower <= through AND upper > cleared
      ORDER BY place, table_name, lower
    ) AS ordered;
  <<changes>>
  WHILE cleared < through LOOP
    SELECT change.position INTO goal FROM change
      WHERE change.project_id = project_key AND change.position > cleared AND change.position < through
      ORDER BY change.position, change.ordinal OFFSET 100 LIMIT 1;
    goal := coalesce(goal, through);
    FOR i IN 1 .. cardinality(parts) LOOP
      CONTINUE WHEN lowers[i] > goal OR uppers[i] <= cleared;
      LOOP
        began := clock_timestamp();
        EXECUTE format(
          'DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s'
          ' WHERE project_id = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4))', parts[i])
          USING project_key, cleared, goal, size;
        GET DIAGNOSTICS batch = ROW_COUNT;
        EXIT WHEN batch = 0;
        removed := removed + batch;
        -- Rows with large values take long: fewer at once.
        size := CASE WHEN clock_timestamp() > began + interval '5 milliseconds' THEN greatest(1, size / 2)
          ELSE least(500, size * 2) END;
        EXIT changes WHEN clock_timestamp() >= stop;
      END LOOP;
      EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s WHERE project_id = $1 AND position > $2 AND position <= $3)', parts[i])
        INTO is_left USING project_key, cleared, goal;
      -- Somebody else writes it at the moment; what others refer to stays for now.
      EXIT changes WHEN is_left;
    END LOOP;
    cleared := goal;
    EXIT WHEN clock_timestamp() >= stop;
  END LOOP;
  UPDATE horizon SET cleared_position = cleared WHERE project_id = project_key AND cleared_position < cleared;
  is_done := cleared >= through;
END
$$;
ALTER FUNCTION journal_prune SET search_path FROM CURRENT;

-- Drops a partition of history that is empty and stays so, since all positions in it are settled; says which, NULL when
-- there is none. Only one that autovacuum has shrunk already is looked into.
CREATE FUNCTION journal_drop(settled bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  empty record;
  name text;
  is_used boolean;
BEGIN
  FOR empty IN
    SELECT part FROM journal_partition WHERE upper <= settled ORDER BY upper, table_name
  LOOP
    CONTINUE WHEN pg_relation_size(empty.part) >= 1048576;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', empty.part) INTO is_used;
    CONTINUE WHEN is_used;
    name := empty.part::text;
    EXECUTE format('DROP TABLE %s', name);
    RETURN name;
  END LOOP;
  RETURN NULL;
END
$$;
ALTER FUNCTION journal_drop SET search_path FROM CURRENT;
