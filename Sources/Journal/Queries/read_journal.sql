-- The journal as a project sees it: its id, up to where history is gone, and the last position drawn.
SELECT journal_id, greatest(journal.pruned_position, horizon.position) AS pruned,
  coalesce(pg_sequence_last_value('journal_position'), 0) AS newest
FROM journal LEFT JOIN horizon ON horizon.project_id = @project;
