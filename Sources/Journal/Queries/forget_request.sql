DELETE FROM request
WHERE project_id = @project AND principal = @principal AND method = @method AND request_id = @request_id
  AND expire_time <= clock_timestamp();
