INSERT INTO change (
  {change_columns})
SELECT @project, drawn.position, changed.ordinal - 1, drawn.at, {provenance},
  changed.kind, changed.id, changed.action, changed.old_version, changed.new_version
FROM drawn,
  unnest(@kinds::text[], @ids::text[], @actions::text[], @old_versions::bigint[], @new_versions::bigint[])
    WITH ORDINALITY AS changed (kind, id, action, old_version, new_version, ordinal);
