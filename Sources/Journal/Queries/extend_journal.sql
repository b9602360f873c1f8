SELECT journal_extend(@size, @ahead);
