SELECT journal_id, pruned, pruned_time, newest, present, position, at, is_last
FROM journal_moment(@project, @position, @time, @settled);
