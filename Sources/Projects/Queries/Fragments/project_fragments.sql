-- project_columns:
project_id, title, create_time, create_position, search_language, delete_time, history_retention, version
