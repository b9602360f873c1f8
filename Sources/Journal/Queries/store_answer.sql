-- Keeps the answer of a write that has drawn its position, whether or not it changes a version of something. A duplicate key
-- says that a twin was faster, and takes the whole write back.
INSERT INTO request (
  project_id, principal, method, request_id, hash, answer, position, at, expire_time)
SELECT @project, @principal, @method, @request_id, @hash, @answer, position, at, at + @seconds * interval '1 second'
FROM drawn;
