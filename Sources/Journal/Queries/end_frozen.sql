-- Ends sessions of servers that have stopped in the middle of a write, or can no longer be reached: they hold their
-- transaction open and wait for their client, to send the rest or to take results. $1 how many seconds without a sign
-- of life. Only sessions like this one: of the same role and application. First all conditions, then the end: the
-- planner may put them in any order.
WITH frozen AS MATERIALIZED (
  SELECT pid FROM pg_stat_activity
  WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
    AND usename = current_user AND application_name = current_setting('application_name')
    AND wait_event IN ('ClientRead', 'ClientWrite')
    AND state_change < clock_timestamp() - $1 * interval '1 second'
)
SELECT pid, pg_terminate_backend(pid) FROM frozen;
