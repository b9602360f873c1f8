-- The highest horizon of some projects.
SELECT greatest(
  (SELECT pruned_position FROM journal), (SELECT max(position) FROM horizon WHERE project_id = ANY (@projects))
) AS position;
