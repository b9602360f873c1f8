-- Analyzes the table of contexts that has changed most, where one is due.
SELECT context_analyze() IS NULL
