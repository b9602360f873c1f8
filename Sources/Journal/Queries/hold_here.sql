-- Takes a hold at the position of the write that has drawn it. The horizon never comes to a position before its write has
-- ended, so nothing is locked.
INSERT INTO hold (project_id, hold_id, kind, position) SELECT @project, @id, @kind, position FROM drawn;
