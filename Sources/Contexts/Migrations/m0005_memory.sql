-- Memory: what makes a context one, as JSON: kind, importance and source as numbers of cairn.v1, confidence,
-- the origin, and the time in which it holds, in microseconds since 1970. NULL where nothing was said of it:
-- nearly everywhere, which costs nothing.
ALTER TABLE context ADD COLUMN memory jsonb;
ALTER TABLE context_version ADD COLUMN memory jsonb;
