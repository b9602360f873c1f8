-- Removes an agent that holds nothing, in a write that has drawn its position, and records it.
WITH beat AS (
  DELETE FROM agent_beat WHERE project_id = @project AND agent_id = @id
), {recording}
DELETE FROM agent WHERE project_id = @project AND agent_id = @id
