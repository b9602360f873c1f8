-- Takes a hold above the horizon, which this transaction keeps where it is.
INSERT INTO hold (project_id, hold_id, kind, position) VALUES (@project, @id, @kind, @position);
