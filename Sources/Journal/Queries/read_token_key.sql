SELECT token_key FROM journal_token_key;
