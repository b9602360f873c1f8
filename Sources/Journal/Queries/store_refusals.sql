-- Keeps the answer of a request that has changed nothing: $1 project, $2 principal, $3 method, $4 request id, $5 hash,
-- $6 answer, $7 for how many seconds. Its position is 0. A duplicate key says that a twin was faster.
INSERT INTO request (
  project_id, principal, method, request_id, hash, answer, position, at, expire_time)
SELECT $1, $2, $3, $4, $5, $6, 0, at, at + $7 * interval '1 second'
FROM (SELECT clock_timestamp() AS at) AS now;
