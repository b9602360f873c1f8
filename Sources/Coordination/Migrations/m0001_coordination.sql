-- Agents, the tasks that they are given, and what happened with both.
--
-- A task is one row of `task`. While it waits for an agent it has a row in `task_ready` as well, while it waits for a time one
-- in `task_later`, while an agent holds it one in `task_held`: these are small, whatever has been done before, and whoever
-- changes them has locked the task's row. The fence of a held task is its row in the journal's `lease`.

CREATE TABLE agent (
  project_id text COLLATE "C" NOT NULL,
  agent_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- Of the last change of what follows up to `metadata`; figures and load change without.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  type text COLLATE "C" NOT NULL,
  capabilities text[] COLLATE "C" NOT NULL,
  -- A JSON object of strings.
  labels jsonb,
  -- What tasks may require, in order: its capabilities, and of each label `key=value` behind U+0001.
  terms text[] COLLATE "C" NOT NULL,
  priority integer NOT NULL,
  max_load integer NOT NULL CHECK (max_load >= 0),
  -- Number of cairn.v1.AgentState: ACTIVE, IDLE, MAINTENANCE or DEAD. BUSY is never stored.
  state smallint NOT NULL,
  metadata jsonb,
  -- Changes with every connection that begins anew: what resume tokens name. Tasks of lower epochs are none of it.
  incarnation bigint NOT NULL,
  -- The position of the hello of its Work stream, whether that began anew or went on; 0: it never had one.
  stream bigint NOT NULL DEFAULT 0,
  -- How many rows of `task_held` are its.
  load integer NOT NULL DEFAULT 0 CHECK (load >= 0),
  completed bigint NOT NULL DEFAULT 0,
  failed bigint NOT NULL DEFAULT 0,
  -- From assignment to completion, of those that completed, in microseconds.
  run_time bigint NOT NULL DEFAULT 0,
  -- The position of the last assignment, for turns.
  assigned_position bigint NOT NULL DEFAULT 0,
  -- Of a dead one: when it is asked for a sign of life, and once it was, when it is given up; NULL: neither.
  recovery_time timestamptz,
  -- When a dead one was asked for a sign of life.
  asked_time timestamptz,
  PRIMARY KEY (project_id, agent_id)
) WITH (fillfactor = 60);

-- When agents were last heard of: apart, so that beats wait for nobody.
CREATE TABLE agent_beat (
  project_id text COLLATE "C" NOT NULL,
  agent_id text COLLATE "C" NOT NULL,
  beat_time timestamptz NOT NULL,
  PRIMARY KEY (project_id, agent_id)
) WITH (fillfactor = 50);

-- How a project's tasks are given out, and when its agents are dead; no row: the defaults.
CREATE TABLE coordination_policy (
  project_id text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,
  update_time timestamptz NOT NULL,
  -- Number of cairn.v1.AssignmentStrategy.
  strategy smallint NOT NULL,
  -- Microseconds, and a number of intervals.
  heartbeat_interval bigint NOT NULL,
  heartbeat_timeout bigint NOT NULL,
  missed_heartbeats integer NOT NULL,
  recovers boolean NOT NULL,
  recovery_delay bigint NOT NULL
);

-- What has been said about a queue; one without a row is open and without limits.
CREATE TABLE task_queue (
  project_id text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  is_paused boolean NOT NULL,
  -- How many of its tasks are held at the same time; NULL: any number.
  concurrency_limit integer CHECK (concurrency_limit > 0),
  -- How many of its tasks are assigned in each `rate_period` (microseconds); NULL: any number.
  rate_limit integer CHECK (rate_limit > 0),
  rate_period bigint CHECK (rate_period > 0),
  -- The tokens that were left when it was last looked at. Written by the dispatcher.
  tokens double precision NOT NULL DEFAULT 0,
  tokens_time timestamptz NOT NULL DEFAULT '-infinity',
  -- Anything that a user keeps with it.
  description text NOT NULL DEFAULT '',
  PRIMARY KEY (project_id, queue)
);

CREATE TABLE task (
  project_id text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  -- Of its submission, and its place among those submitted together: its age.
  submit_position bigint NOT NULL,
  submit_ordinal integer NOT NULL,
  -- Of its last change of state.
  position bigint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  type text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  -- Number of cairn.v1.TaskClass: 1, 2 or 3.
  class smallint NOT NULL,
  priority integer NOT NULL,
  session text COLLATE "C",
  schedule text COLLATE "C",
  -- What its agent must have, and should have: as in `agent.terms`.
  required text[] COLLATE "C" NOT NULL,
  preferred text[] COLLATE "C" NOT NULL,
  -- Microseconds.
  estimate bigint NOT NULL,
  timeout bigint NOT NULL,
  retention bigint NOT NULL,
  deadline timestamptz,
  unique_key text COLLATE "C",
  concurrency_key text COLLATE "C",
  concurrency_limit integer NOT NULL DEFAULT 1,
  fairness_key text COLLATE "C" NOT NULL,
  fairness_weight integer NOT NULL,
  max_attempts integer NOT NULL,
  -- Bytes of cairn.v1.TaskRetryPolicy, with all that is left out in what was submitted.
  retry bytea NOT NULL,
  -- In which lane it waits, and when its turn is among those of its class and priority: its submission's position, later for one
  -- whose fairness key had its turn just now. It keeps its turn when it waits again.
  lane bytea NOT NULL,
  turn bigint NOT NULL,
  -- A cairn.v1.Task as its bytes: what was submitted.
  body bytea NOT NULL,
  -- Number of cairn.v1.TaskState.
  state smallint NOT NULL,
  agent text COLLATE "C",
  attempt integer NOT NULL DEFAULT 0,
  -- Of the lease under which it is held, or was last: the position of the assignment. 0: never.
  epoch bigint NOT NULL DEFAULT 0,
  -- How many tasks it waits for.
  blocked_by integer NOT NULL DEFAULT 0,
  -- Of a DELAYED task: until when it waits. Of a BLOCKED one: when it may begin at the earliest.
  next_time timestamptz,
  assign_time timestamptz,
  start_time timestamptz,
  end_time timestamptz,
  -- `end_time` and `retention` later.
  purge_time timestamptz,
  -- Bytes of cairn.v1.TaskResult, TaskProgress, and one TaskFailure each.
  result bytea,
  progress bytea,
  failures bytea[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (project_id, task_id)
) WITH (fillfactor = 70);
CREATE INDEX task_by_age ON task (project_id, submit_position, submit_ordinal);
-- Lists of tasks that have not ended need not pass over all those that have.
CREATE INDEX task_open ON task (project_id, submit_position, submit_ordinal) WHERE end_time IS NULL;
CREATE INDEX task_by_session ON task (project_id, session, submit_position, submit_ordinal) WHERE session IS NOT NULL;
CREATE INDEX task_by_purge ON task (project_id, purge_time) WHERE purge_time IS NOT NULL;
CREATE UNIQUE INDEX task_by_unique_key ON task (project_id, type, unique_key)
  WHERE unique_key IS NOT NULL AND end_time IS NULL;

-- Those that wait for an agent. A lane is what one decision covers (see `task_lane`).
CREATE TABLE task_ready (
  project_id text COLLATE "C" NOT NULL,
  lane bytea NOT NULL,
  class smallint NOT NULL,
  priority integer NOT NULL,
  -- As in `task`, and its place among those submitted together.
  turn bigint NOT NULL,
  ordinal integer NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, task_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX task_ready_in_order ON task_ready (project_id, lane, class, priority DESC, turn, ordinal);

-- The lanes in which a project's tasks have waited: tasks of one lane can be given to the same agents, and are held up by the
-- same limits, so the first of a lane stands for all of them.
CREATE TABLE task_lane (
  project_id text COLLATE "C" NOT NULL,
  -- The first 16 bytes of the SHA-256 of what follows.
  lane bytea NOT NULL,
  queue text COLLATE "C" NOT NULL,
  required text[] COLLATE "C" NOT NULL,
  preferred text[] COLLATE "C" NOT NULL,
  concurrency_key text COLLATE "C",
  concurrency_limit integer NOT NULL,
  PRIMARY KEY (project_id, lane)
);

-- Those that wait for a time.
CREATE TABLE task_later (
  project_id text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  due_time timestamptz NOT NULL,
  PRIMARY KEY (project_id, task_id)
);
CREATE INDEX task_later_by_time ON task_later (project_id, due_time);

-- Those that must begin or end by a time, and have not ended: a look at them at `look_time`, which is the deadline, before
-- that the deadline less the estimate. And those that have ended, of which some that wait for them have not been told.
CREATE TABLE task_deadline (
  project_id text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  look_time timestamptz NOT NULL,
  PRIMARY KEY (project_id, task_id)
);
CREATE INDEX task_deadline_by_time ON task_deadline (project_id, look_time);

-- Those that an agent holds.
CREATE TABLE task_held (
  project_id text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  concurrency_key text COLLATE "C",
  session text COLLATE "C",
  -- When the attempt has taken too long.
  expire_time timestamptz NOT NULL,
  PRIMARY KEY (project_id, task_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX task_held_by_agent ON task_held (project_id, agent, epoch);
CREATE INDEX task_held_by_key ON task_held (project_id, concurrency_key) WHERE concurrency_key IS NOT NULL;
CREATE INDEX task_held_by_queue ON task_held (project_id, queue);
CREATE INDEX task_held_by_expiry ON task_held (project_id, expire_time);

-- What waits for what. A row goes when the task that it waits for has ended.
CREATE TABLE task_dependency (
  project_id text COLLATE "C" NOT NULL,
  -- The task that is waited for.
  on_task text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL,
  -- Whether it begins when that one has failed.
  proceeds boolean NOT NULL,
  PRIMARY KEY (project_id, on_task, task_id)
);
CREATE INDEX task_dependency_by_task ON task_dependency (project_id, task_id);

-- Turns of fairness keys: where the next task of the key stands in its lane.
CREATE TABLE task_turn (
  project_id text COLLATE "C" NOT NULL,
  lane bytea NOT NULL,
  class smallint NOT NULL,
  priority integer NOT NULL,
  fairness_key text COLLATE "C" NOT NULL,
  turn bigint NOT NULL,
  PRIMARY KEY (project_id, lane, class, priority, fairness_key)
);

-- What happened with agents and tasks.
CREATE TABLE coordination_event (
  project_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  ordinal integer NOT NULL,
  at timestamptz NOT NULL,
  principal text NOT NULL,
  agent text,
  session text,
  task text,
  lease text,
  lease_epoch bigint,
  operation text NOT NULL,
  -- Number of cairn.v1.CoordinationEvent.Type.
  type smallint NOT NULL,
  -- What it is watched by: the task's id behind `task/`, else the agent's behind `agent/`; of a queue its id behind `queue/`.
  subject text COLLATE "C" NOT NULL,
  -- A cairn.v1.CoordinationEvent as its bytes, without what stands in other columns.
  body bytea NOT NULL,
  PRIMARY KEY (project_id, position, ordinal)
) PARTITION BY RANGE (position);
CREATE TABLE coordination_event_rest PARTITION OF coordination_event DEFAULT;
CREATE INDEX coordination_event_by_subject ON coordination_event (project_id, subject, position, ordinal);

INSERT INTO journal_history (table_name) VALUES ('coordination_event');
SELECT journal_extend(16777216, 33554432);
