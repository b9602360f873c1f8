-- What becomes of a relationship when a former state of it is written back: rules of a versioned kind.

-- may_return:
EXISTS (
  SELECT FROM context
  WHERE project_id = $1 AND context_id = {row}.from_id AND (purge_time IS NULL OR purge_time > clock_timestamp())
) AND EXISTS (
  SELECT FROM context
  WHERE project_id = $1 AND context_id = {row}.to_id AND (purge_time IS NULL OR purge_time > clock_timestamp())
)
