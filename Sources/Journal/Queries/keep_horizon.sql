-- Keeps a project's horizon where it is until the transaction ends, and says where.
SELECT journal_keep(@project) AS position;
