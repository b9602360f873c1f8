SELECT journal_id, pruned_position, coalesce(pg_sequence_last_value('journal_position'), 0)
FROM journal;
