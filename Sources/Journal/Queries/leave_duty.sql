DELETE FROM journal_duty WHERE name = $1 AND holder = $2;
