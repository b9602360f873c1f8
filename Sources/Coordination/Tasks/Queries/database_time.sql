-- The time of the database, which is everybody's.
SELECT clock_timestamp() AS now
