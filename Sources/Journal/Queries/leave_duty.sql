DELETE FROM journal_duty WHERE name = @name AND holder = @holder;
