-- The words of all texts that this transaction writes are made after it. No row.
SELECT FROM (SELECT set_config('cairn.defer_words', 'on', true) AS setting OFFSET 0) AS deferred
WHERE setting IS NULL
