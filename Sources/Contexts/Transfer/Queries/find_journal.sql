-- The id of the journal.
SELECT journal_id FROM journal
