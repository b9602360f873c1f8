-- What one agent has done.
SELECT {agent_figures}, {rolled}
FROM (SELECT @project::text COLLATE "C" AS project_id, @agent::text COLLATE "C" AS agent) AS wanted
{figures_and_adjustments}
