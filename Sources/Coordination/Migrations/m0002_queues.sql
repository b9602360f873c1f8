-- Sums over what happened with tasks, so that nobody counts tasks that have ended.

-- Up to which position the events of a project are summed up, and what is summed up of no queue.
CREATE TABLE coordination_rollup (
  project_id text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,
  handoffs bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Of each queue that ever had a task, what became of its tasks.
CREATE TABLE task_figure (
  project_id text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  submitted bigint NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  retried bigint NOT NULL,
  -- Of how many of those completed the time is known, and that from assignment to completion in microseconds.
  timed bigint NOT NULL,
  run_time bigint NOT NULL,
  PRIMARY KEY (project_id, queue)
) WITH (fillfactor = 50);

-- Those that wait for a time or for other tasks. It names no column that changes while a task is given out, held and ended, so
-- these updates need no entry in any index.
CREATE INDEX task_not_ready ON task (project_id, queue)
  WHERE end_time IS NULL AND (blocked_by > 0 OR next_time IS NOT NULL);
