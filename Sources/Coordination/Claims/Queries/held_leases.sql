-- Which of some leases an agent holds.
SELECT held.task_id, held.epoch, held.expire_time
FROM unnest(@tasks::text[], @epochs::bigint[]) AS wanted (task_id, epoch)
JOIN task_held AS held ON held.project_id = @project AND held.task_id = wanted.task_id AND held.epoch = wanted.epoch
WHERE held.agent = @agent
