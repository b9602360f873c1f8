WITH {draw}, created AS (
  INSERT INTO project (project_id, title, create_time, position, search_language)
  SELECT $1, $9, at, position, $10 FROM draw
  ON CONFLICT DO NOTHING
  RETURNING position, create_time
), changed AS (
  INSERT INTO change (
    project_id, position, ordinal, at, principal, agent, session, task, lease, lease_epoch, operation,
    kind, id, action, new_version)
  SELECT $1, position, 0, create_time, $2, $3, $4, $5, $6, $7, $8, 'project', $1, 'created', 1 FROM created
)
SELECT position, create_time FROM created;
