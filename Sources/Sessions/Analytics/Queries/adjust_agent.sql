-- Adds to the counts of an agent.
INSERT INTO session_agent_adjustment AS added (project_id, agent, joins, events, handoffs_given, handoffs_received)
VALUES (@project, @agent, @joins, @events, @handoffs_given, @handoffs_received)
ON CONFLICT (project_id, agent) DO UPDATE SET
  joins = added.joins + excluded.joins,
  events = added.events + excluded.events,
  handoffs_given = added.handoffs_given + excluded.handoffs_given,
  handoffs_received = added.handoffs_received + excluded.handoffs_received
