-- Takes or renews a hold at a position, NULL for the horizon, for some seconds. Where it stands, and the horizon: nothing
-- was taken below that.
SELECT position, pruned FROM journal_hold(@project, @id, @kind, @position, @seconds);
