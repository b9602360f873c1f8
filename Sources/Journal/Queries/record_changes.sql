INSERT INTO change (
  project_id, position, ordinal, at, principal, agent, session, task, lease, lease_epoch, operation,
  kind, id, action, old_version, new_version)
SELECT $1, drawn.position, changed.ordinal - 1, drawn.at, $2, $3, $4, $5, $6, $7, $8,
  changed.kind, changed.id, changed.action, changed.old_version, changed.new_version
FROM drawn,
  unnest($9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[])
    WITH ORDINALITY AS changed (kind, id, action, old_version, new_version, ordinal);
