-- Stores one context and its change: a whole create in one statement, which draws the position itself. No
-- row: the id is taken. $1 to $8 who and from where, $9 id, $10 type, $11 status, $12 title, $13 media type,
-- $14 owner, $15 session, $16 tags, $17 metadata, $18 content, $19 data, $20 expiry, $21
-- what makes it a memory.
WITH {draw}, stored AS (
  INSERT INTO context (project_id, context_id, version, position, create_time, update_time, type, status,
    title, media_type, owner, session, tags, metadata, content, data, expire_time, memory)
  SELECT $1, $9, 1, position, at, at, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21
  FROM draw
  ON CONFLICT (project_id, context_id) DO NOTHING
  RETURNING position, create_time
), changed AS (
  INSERT INTO change (project_id, position, ordinal, at, principal, agent, session, task, lease, lease_epoch,
    operation, kind, id, action, new_version)
  SELECT $1, position, 0, create_time, $2, $3, $4, $5, $6, $7, $8, 'context', $9, 'created', 1
  FROM stored
)
SELECT position, create_time FROM stored
