-- The place of the last event, from @first to @last, that was appended at a time or before; one before @first for none.
SELECT session_sequence_at(@project, @session, @first, @last, @time) AS sequence
