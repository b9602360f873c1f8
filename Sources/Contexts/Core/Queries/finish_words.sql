-- Makes words that writes left for later, of texts until they have @bytes together; says of which contexts they are still
-- missing, and of how many texts they were made.
SELECT missing, made FROM context_text_finish(@project, @ids::text[], @bytes)
