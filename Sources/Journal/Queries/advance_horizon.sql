-- Moves a project's horizon as far as it may go, by what is settled.
SELECT journal_advance(@project, @settled) AS has_moved;
