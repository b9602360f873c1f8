-- Locks the turns of fairness keys, in order, and makes those that there are not, in a write that has drawn its position.
INSERT INTO task_turn (project_id, lane, class, priority, fairness_key, turn)
SELECT DISTINCT @project, lane, class, priority, fairness_key, drawn.position - 1000
FROM drawn, unnest(@lanes::bytea[], @classes::smallint[], @priorities::integer[], @fairness_keys::text[])
  AS item (lane, class, priority, fairness_key)
WHERE fairness_key <> ''
ORDER BY lane, class, priority, fairness_key
ON CONFLICT (project_id, lane, class, priority, fairness_key) DO UPDATE SET turn = task_turn.turn
