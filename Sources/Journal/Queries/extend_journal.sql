SELECT journal_extend($1, $2);
