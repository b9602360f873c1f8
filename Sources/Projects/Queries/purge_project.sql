-- Removes some of what a deleted project held: $1 project. How many rows, whether nothing was left, and the id of this
-- transaction.
SELECT removed, is_empty, pg_current_xact_id()::text::bigint FROM journal_purge($1);
