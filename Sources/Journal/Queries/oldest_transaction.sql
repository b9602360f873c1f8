-- Who holds the settled position back: the oldest transaction of the cluster that has an id.
SELECT pid AS process, coalesce(datname, '') AS database, coalesce(usename, '') AS username,
  coalesce(application_name, '') AS application, coalesce(state, '') AS state, xact_start AS since,
  '' AS prepared_name
FROM (
  SELECT pid, datname, usename, application_name, state, xact_start, age(backend_xid) AS age
  FROM pg_stat_activity
  WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
  ORDER BY age DESC
  LIMIT 1) AS running
UNION ALL
SELECT 0, database, owner, '', 'prepared', prepared, gid
FROM (SELECT * FROM pg_prepared_xacts ORDER BY age(transaction) DESC LIMIT 1) AS prepared
ORDER BY since NULLS LAST
LIMIT 1;
