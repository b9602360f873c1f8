-- Which relationships: conditions that lists and walks have in common.

-- kinds:
    AND kind = ANY ($?::smallint[])
-- names:
    AND (kind <> 6 OR name = ANY ($?::text[]))
-- valid_now:
    AND valid_from <= now() AND valid_to > now()
-- valid_at:
    AND valid_from <= $? AND valid_to > $?
-- min_weight:
    AND weight >= $?
