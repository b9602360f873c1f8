-- Makes the words of the next contexts anew: $1 project, $2 the id before, $3 how many.
SELECT renewed, last FROM context_text_renew($1, $2, $3::integer)
