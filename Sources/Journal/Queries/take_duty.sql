-- Takes a duty that nobody has, or keeps it: $1 name, $2 who, $3 for how many seconds. No row: another has
-- it.
INSERT INTO journal_duty (name, holder, expire_time)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expire_time = excluded.expire_time
WHERE journal_duty.holder = excluded.holder OR journal_duty.expire_time <= clock_timestamp()
RETURNING true;
