-- A page of what agents have done, in the order of their names.
SELECT {agent_figures}, {rolled}
FROM (
  SELECT project_id, agent FROM (
    (SELECT project_id, agent FROM session_agent_figure
      WHERE project_id = @project AND agent > @after ORDER BY agent LIMIT @limit)
    UNION
    (SELECT project_id, agent FROM session_agent_adjustment
      WHERE project_id = @project AND agent > @after ORDER BY agent LIMIT @limit)
  ) AS known
  ORDER BY agent LIMIT @limit
) AS wanted
{figures_and_adjustments}
ORDER BY agent
