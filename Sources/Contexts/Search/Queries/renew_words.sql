-- Makes the words of the next contexts anew, of texts until they have @bytes together; and the transaction under way.
SELECT renewed, last, pg_current_xact_id()::text::bigint AS transaction FROM context_text_renew(@project, @after, @limit::integer, @bytes)
