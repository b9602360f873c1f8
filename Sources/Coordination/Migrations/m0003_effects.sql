-- What those who hold tasks have done outside, or begun to do: so that another attempt does not do it twice.

CREATE TABLE task_effect (
  project_id text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  effect_key text COLLATE "C" NOT NULL,
  -- Of the last begin: the attempt, and the epoch of its lease.
  attempt integer NOT NULL,
  epoch bigint NOT NULL,
  begin_time timestamptz NOT NULL,
  -- NULL: nobody has said how it ended.
  end_time timestamptz,
  -- Bytes of cairn.v1.TaskResult.
  outcome bytea,
  PRIMARY KEY (project_id, task_id, effect_key)
);
