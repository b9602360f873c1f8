SELECT pg_notify('cairn_settled', $1);
