-- Stores one context and its change: a whole create in one statement, which draws the position itself. No
-- row: the id is taken. $1 to $7 who and from where, $8 id, $9 type, $10 status, $11 title, $12 media type,
-- $13 owner, $14 session, $15 tags, $16 metadata, $17 content, $18 data, $19 expiry, $20
-- what makes it a memory.
WITH draw AS MATERIALIZED (
  SELECT nextval('journal_position') AS position, clock_timestamp() AS at
), stored AS (
  INSERT INTO context (project_id, context_id, version, position, create_time, update_time, type, status,
    title, media_type, owner, session, tags, metadata, content, data, expire_time, memory)
  SELECT $1, $8, 1, position, at, at, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
  FROM draw
  ON CONFLICT (project_id, context_id) DO NOTHING
  RETURNING position, create_time
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, principal, agent, session, task, lease_epoch,
    operation, kind, id, action, new_version)
  SELECT $1, position, 0, create_time, $2, $3, $4, $5, $6, $7, 'context', $8, 'created', 1
  FROM stored
)
SELECT position, create_time FROM stored
