-- Keeps the answer of a request that has changed nothing, for some seconds. Its position is 0. A duplicate key says that
-- a twin was faster.
INSERT INTO request (
  project_id, principal, method, request_id, hash, answer, position, at, expire_time)
SELECT @project, @principal, @method, @request_id, @hash, @answer, 0, at, at + @seconds * interval '1 second'
FROM (SELECT clock_timestamp() AS at) AS now;
