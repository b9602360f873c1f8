-- Contexts whose words, or those of their former versions, are still to be made, so many of each.
(SELECT project_id, context_id FROM context_text WHERE NOT is_whole ORDER BY project_id, number LIMIT @limit)
UNION
(SELECT project_id, context_id FROM context_version WHERE words IS NULL AND words_from IS NOT NULL
ORDER BY project_id, context_id LIMIT @limit)
