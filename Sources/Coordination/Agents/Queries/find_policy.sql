-- When the agents of a project are dead; no row: the defaults.
SELECT {policy_columns} FROM coordination_policy AS policy WHERE policy.project_id = @project
