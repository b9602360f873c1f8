-- What becomes of a session when a former state of it is written back: rules of a versioned kind.

-- is_gone:
{row}.is_purged
