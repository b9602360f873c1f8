-- Which relationships: conditions that lists and walks have in common.

-- kinds:
    AND kind = ANY (@kinds::smallint[])
-- names:
    AND (kind <> 6 OR name = ANY (@names::text[]))
-- valid_now:
    AND valid_from <= now() AND valid_to > now()
-- valid_at:
    AND valid_from <= @valid_at AND valid_to > @valid_at
-- min_weight:
    AND weight >= @min_weight
