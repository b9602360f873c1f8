-- Removes some of what lies below a project's horizon, through the position where it was when readers heard of it.
SELECT is_done FROM journal_prune(@project, @through);
