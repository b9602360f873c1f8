SELECT pg_notify('cairn_settled', @position);
