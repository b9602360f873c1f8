-- Drops an empty partition that nothing is written to any more, by what is settled.
SELECT journal_drop(@settled) IS NOT NULL AS has_dropped;
