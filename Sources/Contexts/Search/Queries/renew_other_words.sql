-- Makes words anew that are of another language than the project's: $1 project, $2 the number before, $3 how many
-- contexts to look at, $4 the bytes of text after which no more are made.
SELECT renewed, last FROM context_text_renew_other($1, $2, $3::integer, $4)
