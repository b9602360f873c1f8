DELETE FROM request
WHERE project_id = $1 AND principal = $2 AND method = $3 AND request_id = $4
  AND expire_time <= clock_timestamp();
