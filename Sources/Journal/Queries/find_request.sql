SELECT hash, answer, position, at, expire_time <= clock_timestamp()
FROM request
WHERE project_id = $1 AND principal = $2 AND method = $3 AND request_id = $4;
