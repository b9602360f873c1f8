-- Only what wrote something is worth keeping: the write's first row in the journal says when and where. A
-- duplicate key says that a twin was faster, and takes the whole write back. The position stands in a query of its own:
-- compared with the function itself, which is volatile, every change of the project would be read.
INSERT INTO request (
  project_id, principal, method, request_id, hash, answer, position, at, expire_time)
SELECT @project, @principal, @method, @request_id, @hash, @answer, position, at, at + @seconds * interval '1 second'
FROM change
WHERE project_id = @project AND position = (SELECT currval('journal_position'))
ORDER BY ordinal
LIMIT 1;
