-- The database's clock, and the shortest silence in microseconds after which an agent of any project is dead; NULL where no
-- project has said anything.
SELECT clock_timestamp() AS now, (SELECT min({silence_limit}) FROM coordination_policy AS policy) AS shortest
