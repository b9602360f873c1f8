-- Deletes some checkpoints of locked sessions, with the holds of those that have one.
WITH gone AS (
  DELETE FROM session_checkpoint
  WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM session_checkpoint WHERE project_id = @project AND session_id = ANY (@ids::text[]) LIMIT @limit))
  RETURNING checkpoint_id
), released AS (
  DELETE FROM hold USING gone WHERE project_id = @project AND hold_id = @hold_prefix || gone.checkpoint_id
)
SELECT checkpoint_id FROM gone
