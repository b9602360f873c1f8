-- Makes words anew that are of another language than the project's, of texts until they have @bytes together.
SELECT renewed, last FROM context_text_renew_other(@project, @after, @limit::integer, @bytes)
