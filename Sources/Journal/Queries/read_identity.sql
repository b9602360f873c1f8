SELECT journal_id, token_key FROM journal, journal_token_key
