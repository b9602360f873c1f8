-- Makes the words of the next contexts anew: $1 project, $2 the id before, $3 how many, $4 the bytes of text after which
-- no more are. The last column is the transaction under way.
SELECT renewed, last, pg_current_xact_id()::text::bigint FROM context_text_renew($1, $2, $3::integer, $4)
