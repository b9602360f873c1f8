-- Changes one locked context in a write that has drawn its position: $1 project, $2 id, $3 whether to return
-- content and data, then the new values, NULL where one stays: $4 title, $5 type, $6 status, $7 content, $8
-- data, $9 media type, $10 owner, $11 session, $12 tags; the metadata become $14 where $13 says so, the
-- expiry $16 where $15 does, and what makes it a memory $18 where $17 does.
UPDATE context SET
  version = version + 1,
  position = drawn.position,
  update_time = drawn.at,
  title = coalesce($4, title),
  type = coalesce($5::smallint, type),
  status = coalesce($6::smallint, status),
  -- What stays the same stays where it is.
  payload_from =
    CASE WHEN nullif($7, content) IS NULL AND nullif($8, data) IS NULL THEN payload_from ELSE drawn.position END,
  content = coalesce(nullif($7, content), content),
  data = coalesce(nullif($8, data), data),
  media_type = coalesce($9, media_type),
  owner = coalesce($10, owner),
  session = coalesce($11, session),
  tags = coalesce($12, tags),
  metadata = CASE WHEN $13 THEN $14 ELSE metadata END,
  expire_time = CASE WHEN $15 THEN $16 ELSE expire_time END,
  memory = CASE WHEN $17 THEN $18 ELSE memory END
FROM drawn
WHERE project_id = $1 AND context_id = $2
RETURNING context_id, version, context.position, create_time, update_time, delete_time, type, status, title,
  media_type, owner, session, tags, metadata, expire_time, purge_time, memory,
  CASE WHEN $3 THEN content ELSE '' END, CASE WHEN $3 THEN data ELSE '' END
