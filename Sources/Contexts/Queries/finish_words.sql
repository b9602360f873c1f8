-- Makes words that writes left for later, and says of how many contexts they are still missing: $1 project, $2 ids of
-- contexts, $3 the bytes of text after which no more are made.
SELECT context_text_finish($1, $2::text[], $3)
