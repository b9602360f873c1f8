-- What becomes of a context when a former state of it is written back: rules of a versioned kind, in which {parameter} is
-- the seconds from a deletion to the purge.

-- is_deleted:
context_life({row}.delete_time, {row}.expire_time, {row}.purge_time, {time}) = 1
-- is_gone:
context_life({row}.delete_time, {row}.expire_time, {row}.purge_time, {time}) = 2
-- deleted:
purge_time = drawn.at + make_interval(secs => {parameter})
-- purge_time:
CASE WHEN image.is_deleted
  THEN coalesce(stored.purge_time, drawn.at + make_interval(secs => {parameter})) END
-- expire_time:
CASE WHEN image.expire_time > drawn.at THEN image.expire_time END
-- comparable_expire_time:
CASE WHEN {row}.expire_time > {time} THEN {row}.expire_time END
-- content:
coalesce(nullif(image.content, stored.content), stored.content)
-- data:
coalesce(nullif(image.data, stored.data), stored.data)
-- payload_from:
CASE WHEN image.content = stored.content AND image.data = stored.data THEN stored.payload_from
  ELSE drawn.position END
