-- The time is that of the draw; the statements that follow find both in the view `drawn`.
WITH draw AS MATERIALIZED (
  SELECT nextval('journal_position') AS position, clock_timestamp() AS at
)
SELECT position, at, set_config('cairn.at', at::text, true) FROM draw;
