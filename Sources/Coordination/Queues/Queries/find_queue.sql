-- A queue, whether anything was said of it or not.
WITH wanted AS (
  SELECT @queue::text COLLATE "C" AS queue
), {queue_counts}
{queues}
