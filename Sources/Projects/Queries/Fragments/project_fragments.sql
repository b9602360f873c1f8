-- project_columns:
project_id, title, create_time, position, search_language, delete_time, history_retention
