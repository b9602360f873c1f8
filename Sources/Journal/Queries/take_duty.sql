-- Takes a duty that nobody has, or keeps it, for some seconds. No row: another has it.
INSERT INTO journal_duty (name, holder, expire_time)
VALUES (@name, @holder, clock_timestamp() + make_interval(secs => @seconds))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expire_time = excluded.expire_time
WHERE journal_duty.holder = excluded.holder OR journal_duty.expire_time <= clock_timestamp()
RETURNING true AS is_taken;
