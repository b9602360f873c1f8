-- What statements on templates include.

-- template_columns:
{template_fields}, definition

-- former_template_columns:
-- Of `template_version`, where `position` is the end of a version.
template_id, version, from_position AS position, create_time, update_time, delete_time, definition

-- template_fields:
template_id, version, position, create_time, update_time, delete_time
