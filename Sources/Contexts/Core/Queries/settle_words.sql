-- Sorts new words into the text index.
SELECT context_text_settle() IS NULL
