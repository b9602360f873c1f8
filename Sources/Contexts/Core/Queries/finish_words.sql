-- Makes words that writes left for later, and says of which contexts they are still missing, and of how many texts they
-- were made: $1 project, $2 ids of contexts, $3 the bytes of text after which no more are made.
SELECT missing, made FROM context_text_finish($1, $2::text[], $3)
