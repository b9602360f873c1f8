SELECT hash, answer, position, at, expire_time <= clock_timestamp() AS is_expired
FROM request
WHERE project_id = @project AND principal = @principal AND method = @method AND request_id = @request_id;
