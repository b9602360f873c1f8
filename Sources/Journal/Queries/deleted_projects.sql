-- Projects that were deleted after one settled position and up to another.
SELECT project_id FROM project WHERE delete_position > @after AND delete_position <= @through;
