-- import_columns:
create_time, epoch, acknowledged, stored, overwritten, skipped, failed, ignored, position, versions, unfinished
