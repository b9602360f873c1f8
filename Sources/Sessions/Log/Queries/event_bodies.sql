-- The bodies of events, in the order in which they are asked for, until they outgrow a bound; at least one.
SELECT place, body
FROM (
  SELECT wanted.place, event.body, row_number() OVER (ORDER BY wanted.place) AS number,
    sum(octet_length(event.body)) OVER (ORDER BY wanted.place ROWS UNBOUNDED PRECEDING) AS bytes
  FROM unnest(@sessions::text[], @sequences::bigint[], @positions::bigint[]) WITH ORDINALITY
    AS wanted (session_id, sequence, position, place)
  JOIN session_event AS event ON event.project_id = @project AND event.session_id = wanted.session_id
    AND event.sequence = wanted.sequence AND event.position = wanted.position
) AS measured
WHERE number = 1 OR bytes <= @bytes
ORDER BY place
