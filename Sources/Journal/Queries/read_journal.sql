SELECT journal_id, pruned_position AS pruned, coalesce(pg_sequence_last_value('journal_position'), 0) AS newest
FROM journal;
