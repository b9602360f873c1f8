-- Projects that were deleted after one settled position and up to another: $1, $2.
SELECT project_id FROM project WHERE delete_position > $1 AND delete_position <= $2;
