-- Removes some of what a deleted project held: how many rows, whether nothing was left, and the id of this transaction.
SELECT removed, is_empty, pg_current_xact_id()::text::bigint AS transaction FROM journal_purge(@project);
