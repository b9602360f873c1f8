-- The function, not the sequence read as a table: that can show a value up to 32 too high.
SELECT coalesce(pg_sequence_last_value('journal_position'), 0);
