-- What statements on the figures of agents include.

-- agent_figures:
agent, coalesce(figure.joins, 0) + coalesce(added.joins, 0) AS joins,
coalesce(figure.events, 0) + coalesce(added.events, 0) AS events,
coalesce(figure.handoffs_given, 0) + coalesce(added.handoffs_given, 0) AS handoffs_given,
coalesce(figure.handoffs_received, 0) + coalesce(added.handoffs_received, 0) AS handoffs_received,
coalesce(figure.ended_sessions, 0) AS ended_sessions, coalesce(figure.ended_time, 0) AS ended_time

-- figures_and_adjustments:
LEFT JOIN session_agent_figure AS figure USING (project_id, agent)
LEFT JOIN session_agent_adjustment AS added USING (project_id, agent)

-- rolled:
-- Up to which position the sums go that the statement reads.
coalesce((SELECT position FROM session_rollup WHERE project_id = @project), 0) AS rolled
