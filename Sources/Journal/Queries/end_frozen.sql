-- Ends sessions of servers that have stopped in the middle of a write, or can no longer be reached: they hold their
-- transaction open and wait for their client, to send the rest or to take results, and no session of that server gave a
-- sign of life for @seconds: one that lives asks for the watermark twice a second, however long the
-- rest takes on a slow line. Only sessions like this one: of the same role and application, whose name ends with eight
-- digits for the process. First all conditions, then the end: the planner may put them in any order.
WITH session AS MATERIALIZED (
  SELECT pid, backend_xid, wait_event, application_name, greatest(state_change, query_start, backend_start) AS sign
  FROM pg_stat_activity
  WHERE datname = current_database() AND usename = current_user
    AND regexp_replace(application_name, ' [0-9a-f]{8}$', '')
      = regexp_replace(current_setting('application_name'), ' [0-9a-f]{8}$', '')
), frozen AS MATERIALIZED (
  SELECT pid FROM session AS held
  WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND wait_event IN ('ClientRead', 'ClientWrite')
    AND NOT EXISTS (
      SELECT FROM session
      WHERE application_name = held.application_name AND sign >= clock_timestamp() - @seconds * interval '1 second')
)
SELECT pid, pg_terminate_backend(pid) AS is_ended FROM frozen;
