-- Deletes turns of fairness keys that lie behind the journal's position: they are as if there were none.
DELETE FROM task_turn
WHERE (project_id, lane, class, priority, fairness_key) IN (
  SELECT project_id, lane, class, priority, fairness_key FROM task_turn
  WHERE project_id = @project AND turn < pg_sequence_last_value('journal_position') - 1000
  LIMIT @limit
  FOR UPDATE SKIP LOCKED)
