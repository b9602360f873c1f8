-- What is over is found by its time, project by project.
CREATE INDEX operation_ended ON operation (project_id, update_time) WHERE state <> 'running';
CREATE INDEX lease_by_until ON lease (project_id, until);
